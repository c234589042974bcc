import { Command, Option } from 'nest-commander';
import { STORE, type Store } from '../store/index.js';
import { doctorText } from './doctor-report.js';
import { jsonLine } from './output.js';
import { PackageCommand } from './package-command.js';

interface DoctorFlags {
  prometheus?: string[];
  json?: boolean;
}

/** `doctor`: examines Redis, the gateways and Prometheus with the application's own options. */
@Command({ name: 'doctor', description: 'Check Redis, the Pushgateways and Prometheus, and say what to change' })
export class DoctorCommand extends PackageCommand<DoctorFlags> {
  protected readonly name = 'doctor';

  /** All is well without an error. */
  protected async act({ prometheus: replicas = [], json }: DoctorFlags): Promise<boolean> {
    // No other command needs it.
    const { examine } = await import(/* webpackMode: "eager" */ '../doctor/index.js');
    const findings = await examine({ options: this.options, store: this.serviceOf<Store>(STORE), replicas });
    this.output.write(json ? jsonLine(findings) : doctorText(findings, this.output));
    return findings.every(({ severity }) => severity !== 'error');
  }

  @Option({
    flags: '--prometheus <host...>',
    description: 'check this further Prometheus too; may be given several times',
  })
  parsePrometheus(host: string, earlier: string[] = []): string[] {
    return [...earlier, host];
  }

  @Option({ flags: '--json', description: 'print the findings as one JSON array' })
  parseJson(): boolean {
    return true;
  }
}
