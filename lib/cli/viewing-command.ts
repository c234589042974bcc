import { Option } from 'nest-commander';
import { printable } from '../errors/printable.js';
import { complain, jsonLine } from './output.js';
import { PackageCommand } from './package-command.js';
import { LiveScreen } from './screen/live-screen.js';
import { withProgress } from './screen/progress-line.js';
import { intervalMs, untilSignal, waitUnlessAborted } from './until-signal.js';

const DEFAULT_INTERVAL_SECONDS = 2;

export interface ViewingFlags {
  watch?: boolean;
  interval?: number;
  json?: boolean;
}

/** What a command shows. */
export interface View<Value> {
  /** @throws Error whose message says what hindered it */
  read(): Promise<Value>;
  /** What it is doing while it reads: `reading orders_total`. */
  progress(): string;
  /** What `--json` prints. Default: what was read. */
  plain?(value: Value): unknown;
  /** Whole lines, for people. */
  text(value: Value): string;
  /** Whether the exit code is 0. Default: it is. */
  isWell?(value: Value): boolean;
}

/**
 * A command that shows something, once or, with `--watch`, again and again: on a terminal in place, elsewhere below each other. With
 * `--json` each time is one line.
 */
export abstract class ViewingCommand<Flags extends ViewingFlags> extends PackageCommand<Flags> {
  /** @throws what hindered the first reading, and any without `--watch`. */
  protected async view<Value>(view: View<Value>, flags: ViewingFlags): Promise<boolean> {
    if (flags.interval !== undefined && !flags.watch) throw new Error('--interval is for --watch: add it');
    const everyMs = intervalMs(flags.interval ?? DEFAULT_INTERVAL_SECONDS);
    const value = await withProgress(
      () => view.progress(),
      () => view.read(),
    );
    if (flags.watch) return this.#watch(view, value, everyMs, flags.json === true);
    this.output.write(this.#printed(view, value, flags.json === true));
    return isWell(view, value);
  }

  /** What cannot be read in one round is said, and read again in the next. */
  async #watch<Value>(view: View<Value>, first: Value, everyMs: number, json: boolean): Promise<boolean> {
    const end = untilSignal();
    const screen =
      this.output.isTTY && !json && process.env['TERM'] !== 'dumb' ? new LiveScreen(this.output) : undefined;
    // At once, whatever is being read.
    end.signal.addEventListener('abort', () => screen?.close());
    const isOver = (): boolean => end.signal.aborted;
    let isAllWell = isWell(view, first);
    let latest = this.#printed(view, first, json);
    const show = (text: string): void => {
      const time = `${new Date().toISOString().slice(0, 19)}Z`;
      if (screen) screen.show(`${time}, every ${everyMs / 1_000} s\n\n${text}`);
      else this.output.write(json ? text : `${time}\n${text}`);
    };
    const showFailure = (message: string): void => {
      if (screen) {
        show(`${printable(`${this.name}: ${message}`)}\n\n${latest}`);
        return;
      }
      // Only writing finds out whether anybody still reads. Before the next document JSON allows a space.
      if (json) this.output.write(' ');
      else show('');
      complain(this.name, message);
    };
    try {
      show(latest);
      await waitUnlessAborted(everyMs, end.signal);
      while (!isOver()) {
        try {
          const value = await view.read();
          isAllWell = isWell(view, value);
          latest = this.#printed(view, value, json);
          if (!isOver()) show(latest);
        } catch (error) {
          isAllWell = false;
          if (!isOver()) showFailure((error as Error).message);
        }
        await waitUnlessAborted(everyMs, end.signal);
      }
      return isAllWell;
    } finally {
      screen?.close();
      end.stop();
    }
  }

  #printed<Value>(view: View<Value>, value: Value, json: boolean): string {
    return json ? jsonLine(view.plain ? view.plain(value) : value) : view.text(value);
  }

  @Option({ flags: '--watch', description: 'show it again and again, until SIGTERM or Ctrl-C' })
  parseWatch(): boolean {
    return true;
  }

  @Option({ flags: '--interval <seconds>', description: 'time between two looks of --watch (default: 2)' })
  parseInterval(text: string): number {
    return Number(text);
  }

  @Option({ flags: '--json', description: 'print one JSON document, with --watch one on each line' })
  parseJson(): boolean {
    return true;
  }
}

function isWell<Value>(view: View<Value>, value: Value): boolean {
  return view.isWell?.(value) ?? true;
}
