import { Inject } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Command, CommandRunner, Option } from 'nest-commander';
import { examine } from '../doctor/index.js';
import { RESOLVED_OPTIONS, type ResolvedOptions } from '../options/index.js';
import { STORE, type Store } from '../store/index.js';
import { doctorText } from './doctor-report.js';
import { onlyLook } from './do-nothing-unasked.js';
import { complain, jsonLine, type Output } from './output.js';
import { refuseArguments } from './refuse-arguments.js';

interface DoctorFlags {
  prometheus?: string[];
  json?: boolean;
}

/** `doctor`: examines Redis, the gateways and Prometheus with the application's own options. */
@Command({ name: 'doctor', description: 'Check Redis, the Pushgateways and Prometheus, and say what to change' })
export class DoctorCommand extends CommandRunner {
  private readonly output: Output = process.stdout;

  constructor(
    private readonly moduleRef: ModuleRef,
    @Inject(STORE) private readonly store: Store,
    @Inject(RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    super();
  }

  /** Sets exit code 1 if there is an error. */
  async run(given: string[], { prometheus: replicas = [], json }: DoctorFlags = {}): Promise<void> {
    try {
      await onlyLook(this.moduleRef);
      refuseArguments(given);
      const findings = await examine({ options: this.options, store: this.store, replicas });
      this.output.write(json ? jsonLine(findings) : doctorText(findings, this.output));
      if (findings.some(({ severity }) => severity === 'error')) process.exitCode = 1;
    } catch (error) {
      process.exitCode = 1;
      complain('doctor', (error as Error).message);
    }
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
