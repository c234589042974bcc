import { cutLines } from './cut-lines.js';
import type { Output } from '../output.js';

/** The terminal's other screen, which has no history, with a cursor that is not seen, and long lines that do not wrap. */
const OPEN = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const CLOSE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const ERASE_REST_OF_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';

/**
 * A text that is shown again and again in the same place. What stood on the terminal before is there again when it is closed, with
 * the last text below: also if the process is stopped meanwhile (Ctrl-Z).
 */
export class LiveScreen {
  #text = '';
  #isOpen = false;
  readonly #redraw = (): void => {
    this.#draw();
  };
  readonly #stop = (): void => {
    this.output.write(CLOSE);
    process.once('SIGCONT', () => {
      if (this.#isOpen) this.output.write(OPEN);
      this.#draw();
    });
    process.kill(process.pid, 'SIGSTOP');
  };

  constructor(private readonly output: Output) {}

  show(text: string): void {
    this.#text = text;
    if (!this.#isOpen) this.#open();
    this.#draw();
  }

  /** May be called twice. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.stdout.off('resize', this.#redraw);
    process.off('SIGTSTP', this.#stop);
    this.output.write(`${CLOSE}${this.#text}`);
  }

  #open(): void {
    this.#isOpen = true;
    process.stdout.on('resize', this.#redraw);
    process.on('SIGTSTP', this.#stop);
    this.output.write(OPEN);
  }

  #draw(): void {
    if (!this.#isOpen) return;
    const lines = cutLines(this.#text, this.output.rows);
    const drawn = lines.map((line) => `${line}${ERASE_REST_OF_LINE}`).join('\n');
    this.output.write(`${HOME}${drawn}${ERASE_BELOW}`);
  }
}
