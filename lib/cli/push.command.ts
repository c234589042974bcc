import { Command, Option } from 'nest-commander';
import { printable } from '../errors/printable.js';
import { readableMessages } from '../exposition/index.js';
import { MetricsService } from '../metrics/index.js';
import type { PushResult } from '../model/index.js';
import { GroupReader, PushService } from '../push/index.js';
import { forMachines, jsonLine } from './output.js';
import { PackageCommand } from './package-command.js';
import { PushProgress } from './push-progress.js';
import { jsonReport, type PushReport, textReport } from './push-report.js';
import { requireSharedStore } from './require-shared-store.js';
import { intervalMs, untilSignal, waitUnlessAborted } from './until-signal.js';

const DEFAULT_INTERVAL_SECONDS = 15;
const DEFAULT_ANNOUNCE_SECONDS = 60;

interface PushFlags {
  job?: string[];
  add?: boolean;
  /** `true` where commander found no value: it does not ask `parseAnnounce` then. */
  announce?: number | true;
  watch?: boolean;
  interval?: number;
  dryRun?: boolean;
  format?: string;
  json?: boolean;
}

/** `push`: brings the stored values to the gateway, once or until it is told to stop. */
@Command({ name: 'push', description: 'Push the metrics kept in Redis to the Pushgateway' })
export class PushCommand extends PackageCommand<PushFlags> {
  protected readonly name = 'push';

  /** All is well when every job was pushed. */
  protected async act(flags: PushFlags): Promise<boolean> {
    if (flags.interval !== undefined && !flags.watch) throw new Error('--interval is for --watch: add it');
    if (flags.format !== undefined) requireDryRun(flags, flags.format);
    if (!flags.dryRun) requireSharedStore(this.options);
    const jobs = this.jobsOf(flags);
    return flags.dryRun ? this.#show(jobs, flags) : this.#push(jobs, flags);
  }

  protected override changesNothing({ dryRun = false }: PushFlags): boolean {
    return dryRun;
  }

  protected override get jobsByFlag(): readonly string[] {
    return this.options.jobs;
  }

  @Option({ flags: '-j, --job <name...>', description: 'push this job only; may be given several times' })
  parseJob(name: string, earlier: string[] = []): string[] {
    return [...earlier, name];
  }

  @Option({ flags: '--add', description: 'keep what is on the gateway under other metric names (POST instead of PUT)' })
  parseAdd(): boolean {
    return true;
  }

  @Option({
    flags: '--announce [seconds]',
    description:
      'first push series new to Prometheus at 0, and wait until it has scraped them, this long at most (default: 60)',
  })
  parseAnnounce(text?: string): number {
    return text === undefined ? DEFAULT_ANNOUNCE_SECONDS : Number(text);
  }

  @Option({ flags: '--watch', description: 'push again and again until SIGTERM or Ctrl-C, then a last time' })
  parseWatch(): boolean {
    return true;
  }

  @Option({
    flags: '--interval <seconds>',
    description: 'time between pushes of --watch (default: that of autoPush, or 15)',
  })
  parseInterval(text: string): number {
    return Number(text);
  }

  @Option({ flags: '--dry-run', description: 'print what would be pushed, and push nothing' })
  parseDryRun(): boolean {
    return true;
  }

  @Option({
    flags: '--format <format>',
    description: 'what --dry-run prints: text, or protobuf, decoded (default: text)',
  })
  parseFormat(format: string): string {
    return format;
  }

  @Option({ flags: '--json', description: 'print results as JSON, one line for each round of pushes' })
  parseJson(): boolean {
    return true;
  }

  async #push(jobs: readonly string[], flags: PushFlags): Promise<boolean> {
    announceMs(flags.announce);
    const report = flags.json ? jsonReport(this.output) : textReport(this.output, this.#progress());
    if (!flags.watch) return this.#pushRound(jobs, flags, report);
    const everyMs = this.#intervalMs(flags.interval);
    const end = untilSignal();
    try {
      while (!end.signal.aborted) {
        await this.#pushRound(jobs, flags, report);
        await waitUnlessAborted(everyMs, end.signal);
      }
      return await this.#pushRound(jobs, flags, report);
    } finally {
      end.stop();
    }
  }

  #progress(): PushProgress {
    const pushService = this.serviceOf(PushService);
    return new PushProgress(process.stderr, (job) => pushService.progressOf(job));
  }

  async #pushRound(jobs: readonly string[], flags: PushFlags, report: PushReport): Promise<boolean> {
    report.begin(jobs);
    const pushes = jobs.map(async (job) => {
      if (flags.announce !== undefined) await this.#announce(job, flags, report);
      const result = await (flags.add
        ? this.serviceOf(MetricsService).pushAdd(job)
        : this.serviceOf(MetricsService).push(job));
      report.end(result);
      return result;
    });
    const results = await Promise.all(pushes);
    report.close(results);
    return results.every(isFine);
  }

  /** What goes wrong here is printed. The push that follows does not fail by it. */
  async #announce(job: string, { announce, add = false }: PushFlags, report: PushReport): Promise<void> {
    const { outcome, reason = '' } = await this.serviceOf(MetricsService).announce(job, {
      timeoutMs: announceMs(announce),
      add,
    });
    if (outcome !== 'failed') return;
    report.complain(`${job}: first values may be missing from increase(): ${reason}`);
  }

  async #show(jobs: readonly string[], flags: PushFlags): Promise<boolean> {
    const show = async (job: string): Promise<string> =>
      flags.format === 'protobuf'
        ? readableMessages(await this.serviceOf(GroupReader).messages(job))
        : this.serviceOf(MetricsService).text(job);
    const texts = await Promise.all(jobs.map(async (job) => ({ job, text: await show(job) })));
    if (flags.json) {
      this.output.write(jsonLine(texts));
      return true;
    }
    for (const { job, text } of texts) {
      const head = printable(`# job ${job}, instance ${this.options.instance}`);
      this.output.write(`${head}\n${forMachines(text, this.output)}`);
    }
    return true;
  }

  #intervalMs(seconds: number | undefined): number {
    const { pushIntervalMs } = this.options;
    const configured = pushIntervalMs === undefined ? DEFAULT_INTERVAL_SECONDS : pushIntervalMs / 1_000;
    return intervalMs(seconds ?? configured);
  }
}

function requireDryRun({ dryRun = false }: PushFlags, format: string): void {
  if (!dryRun) throw new Error('--format is for --dry-run: how a push travels is the option pushgateway.format');
  if (format !== 'text' && format !== 'protobuf')
    throw new Error(`--format: expected text or protobuf, got "${format}"`);
}

function announceMs(seconds: number | true = true): number {
  const timeout = seconds === true ? DEFAULT_ANNOUNCE_SECONDS : seconds;
  if (!(timeout > 0 && timeout < 86_400)) throw new RangeError('--announce: expected a number of seconds above 0');
  return timeout * 1_000;
}

/** Pushed by this process, or by another one meanwhile. With nothing stored there was nothing to do either. */
function isFine({ outcome }: PushResult): boolean {
  return outcome !== 'failed';
}
