import { isRight, type Reading } from './read-columns.js';
import { colored, legend, plain, renderTable, wrap } from './render-table.js';

/** How often a line is written where nothing can be redrawn. */
const LINE_EVERY_MS = 2_000;
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const [WRAP_OFF, WRAP_ON] = ['\u001b[?7l', '\u001b[?7h'];

/** Shows readings: a table redrawn in place on a terminal, otherwise a line from time to time. */
export class Screen {
  readonly #paint =
    process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb' ? colored : plain;
  #drawn = 0;
  #lastLine = performance.now();

  /** What is said stays, above a table drawn later. */
  say(...lines: readonly string[]): void {
    this.#drawn = 0;
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** @param status A line below the table. */
  show(reading: Reading, status: string): void {
    const below = [status, ...reading.problems].flatMap((text) => wrap(text, columns()));
    const lines = [...this.#table(reading), '', ...below];
    if (canRedraw(lines.length)) this.#redraw(lines);
    else this.#line(reading, status);
  }

  /** The table as it stays. */
  showLast(reading: Reading): void {
    const lines = this.#table(reading);
    if (canRedraw(lines.length)) this.#redraw(lines);
    else this.say('', ...lines);
    this.#drawn = 0;
  }

  #table(reading: Reading): string[] {
    const explained = wrap(legend(this.#paint), columns()).map((line) => this.#paint('dim', line));
    return [...renderTable(reading, this.#paint, columns()), ...explained];
  }

  #redraw(lines: readonly string[]): void {
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}F` : '';
    const text = lines.map((line) => `${line}${CLEAR_LINE}\n`).join('');
    process.stdout.write(`${up}${WRAP_OFF}${text}${CLEAR_BELOW}${WRAP_ON}`);
    this.#drawn = lines.length;
  }

  #line(reading: Reading, status: string): void {
    if (performance.now() - this.#lastLine < LINE_EVERY_MS) return;
    this.#lastLine = performance.now();
    const { titles, lines, problems } = reading;
    const arrived = titles.map((title, at) => {
      const right = lines.filter(({ happened, values }) => isRight(values[at], happened)).length;
      return `${title} ${right}/${lines.length}`;
    });
    this.say([`${status}; rows up to date: ${arrived.join(', ')}`, ...problems].join('; '));
  }
}

/** Undefined where it is no terminal, or one of unknown width. */
function columns(): number | undefined {
  return process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : undefined;
}

/** Lines that have scrolled out of a terminal cannot be written again. */
function canRedraw(lines: number): boolean {
  return process.stdout.isTTY && process.stdout.rows > lines;
}
