/**
 * What becomes of counters behind several gateways: strategies x faults, on real servers.
 *
 *   npm run test:cluster -- --seconds 45 --strategy stick --fault frozen
 */
import { parseArgs } from 'node:util';
import { faults } from './faults.js';
import { run } from './run.js';
import { strategies } from './strategies.js';
import type { Verdict } from './verdict.js';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '45' },
    strategy: { type: 'string', default: '' },
    fault: { type: 'string', default: '' },
  },
});

const columns = [20, 20, 12, 12, 12, 14] as const;
print(['strategy', 'fault', 'false resets', 'increase()', 'last value', 'longest behind']);
for (const strategy of strategies.filter(({ name }) => name.includes(options.strategy))) {
  for (const fault of faults.filter(({ name }) => name.includes(options.fault))) {
    print([strategy.name, fault.name, ...cells(await run(strategy, fault, Number(options.seconds)))]);
  }
}

function cells({ falseResets, increaseError, isLastRight, longestBehindSeconds }: Verdict): string[] {
  const error = `${increaseError >= 0 ? '+' : ''}${Math.round(increaseError * 100)} %`;
  return [String(falseResets), error, isLastRight ? 'right' : 'WRONG', `${longestBehindSeconds.toFixed(1)} s`];
}

function print(row: readonly string[]): void {
  const line = row.map((cell, at) => (at < 2 ? cell.padEnd(columns[at] ?? 0) : cell.padStart(columns[at] ?? 0)));
  process.stdout.write(`${line.join('  ')}\n`);
}
