import { cpuUsage } from 'node:process';
import { report } from './report.js';

/** Reports the CPU time of this process, that of Node's own start included, at the latest moment there is. */
export function reportAtEnd(): void {
  process.on('exit', () => {
    const { user, system } = cpuUsage();
    report({ cpuMs: (user + system) / 1_000 });
  });
}
