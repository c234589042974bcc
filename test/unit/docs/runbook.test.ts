import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logLines, textsIn } from './log-lines.js';

const PAGE = readFileSync(join(__dirname, '../../../docs/operations.md'), 'utf8');
/** A row may end with `…` before the line does. */
const ROWS = [...PAGE.matchAll(/^\| `([^`]+)` +\| (error|warn|log) +\| \S/gm)].map(([, row]) => row as string);
/** Put together in another file than the one that logs it. */
const ELSEWHERE = [
  { loggedBy: 'lib/config/prometheus-pushgateway.config.ts', from: 'lib/options/environment-names.ts' },
];

const isOf = (row: string, line: string): boolean =>
  row.endsWith('…') ? line.startsWith(row.replace(/ ?…$/, '')) : row === line;

describe('docs/operations.md', () => {
  const lines = logLines();
  const known = lines.filter(({ text }) => text !== '…');

  it('says what to do for each line that the package logs', () => {
    expect(known.length).toBeGreaterThan(30);
    const missing = known.filter(({ text }) => !ROWS.some((row) => isOf(row, text)));
    expect(missing).toEqual([]);
  });

  it('has no line that the package does not log', () => {
    const texts = [...known.map(({ text }) => text), ...ELSEWHERE.flatMap(({ from }) => textsIn(from))];
    expect(ROWS.filter((row) => !texts.some((text) => isOf(row, text)))).toEqual([]);
  });

  it('knows from where a line comes that is put together elsewhere', () => {
    const files = lines.filter(({ text }) => text === '…').map(({ file }) => file);
    expect(files).toEqual(ELSEWHERE.map(({ loggedBy }) => loggedBy));
    for (const { from } of ELSEWHERE) {
      expect(ROWS.some((row) => textsIn(from).some((text) => text.length > 20 && isOf(row, text)))).toBe(true);
    }
  });
});
