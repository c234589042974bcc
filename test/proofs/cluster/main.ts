/**
 * What becomes of counters behind several gateways: strategies x faults, on real servers. README.md beside it says more.
 *
 *   npm run test:cluster -- --strategy stick --fault frozen --seconds 45
 *   npm run test:cluster -- --strategy 'ours, list' --fault 'frozen 10 s' --except pusher --times 20
 *   npm run test:cluster -- --random 20 --seed 1 --seconds 60 --json
 */
import { parseArgs } from 'node:util';
import { type Fault, faults } from './faults/index.js';
import { randomFault } from './random.js';
import { run } from './run.js';
import { type Strategy, strategies } from './strategies.js';
import { heading, type Row, tableRow } from './verdict-table.js';

const { values: options } = parseArgs({
  options: {
    /** Those whose name contains it. */
    strategy: { type: 'string', default: '' },
    fault: { type: 'string', default: '' },
    /** Not those whose name contains it. */
    except: { type: 'string' },
    /** Of one run; it goes on for as long as its fault lasts. */
    seconds: { type: 'string' },
    /** How often each cell is run. What happens once in several runs is not seen in one. */
    times: { type: 'string', default: '1' },
    /** So many random sequences for each strategy, instead of the table. */
    random: { type: 'string', default: '0' },
    /** Of the first sequence; the next has the next. */
    seed: { type: 'string', default: '1' },
    /** One object a line, on standard output; progress is on standard error. */
    json: { type: 'boolean', default: false },
  },
});
const random = Number(options.random);
const seconds = Number(options.seconds ?? (random > 0 ? 60 : 45));
const chosen = strategies.filter(({ name }) => name.includes(options.strategy));

interface Cell {
  readonly strategy: Strategy;
  readonly fault: Fault;
  readonly name: string;
}

const cells = (random > 0 ? randomCells() : tableCells()).flatMap((cell) =>
  Array.from({ length: Number(options.times) }, () => cell),
);
if (!options.json) print(heading());
let wrong = 0;
for (const [at, { strategy, fault, name }] of cells.entries()) {
  process.stderr.write(`${at + 1} of ${cells.length}: ${strategy.name}, ${fault.name}\n`);
  try {
    const row: Row = { strategy: strategy.name, fault: name, verdict: await run(strategy, fault, seconds) };
    for (const step of row.verdict.steps) process.stderr.write(`  ${step}\n`);
    print(options.json ? JSON.stringify({ ...row, sequence: fault.name, seconds }) : tableRow(row));
  } catch (error) {
    // One cell that could not be judged says nothing of the others.
    wrong += 1;
    process.stderr.write(`${(error as Error).message}\n`);
  }
}
if (wrong > 0) process.exitCode = 1;

function isWanted(name: string): boolean {
  return name.includes(options.fault) && (options.except === undefined || !name.includes(options.except));
}

function tableCells(): Cell[] {
  return chosen.flatMap((strategy) =>
    faults
      .filter(({ name, happensTo }) => isWanted(name) && (happensTo?.(strategy) ?? true))
      .map((fault) => ({ strategy, fault, name: fault.name })),
  );
}

function randomCells(): Cell[] {
  return chosen.flatMap((strategy) =>
    Array.from({ length: random }, (_, at) => {
      const seed = Number(options.seed) + at;
      return { strategy, fault: randomFault(seed, seconds, strategy, options.except), name: `random, seed ${seed}` };
    }),
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
