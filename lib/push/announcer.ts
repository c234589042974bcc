import { setTimeout as wait } from 'node:timers/promises';
import type { KnownSeries, PushMode, PushResult, ResolvedDefinition } from '../model/index.js';
import type { Store } from '../store/index.js';
import type { GroupReader } from './group-reader.js';
import type { PushService } from './push.service.js';

const DEFAULT_TIMEOUT_MS = 60_000;
const POLL_MS = 200;
/** Releases the series that a push has shown, however recently. 0 would release all of them, shown or not. */
const ANY_TIME_MS = 1;

export interface AnnounceOptions {
  /** Longest wait for Prometheus to scrape the new series, in milliseconds. Default 60000. */
  timeoutMs?: number;
  /** How to bring them. Default `push`. */
  mode?: PushMode;
}

/** A series that Prometheus does not know. */
interface Probe {
  readonly definition: ResolvedDefinition;
  readonly labels: string;
}

/**
 * For a process that does not stay: brings series that Prometheus does not know to the gateway at 0, and waits until it has
 * scraped them. A push is scraped whole, so that seeing one of them is enough.
 */
export class Announcer {
  constructor(
    private readonly pushService: Pick<PushService, 'push'>,
    private readonly reader: Pick<GroupReader, 'flush' | 'groupOf'>,
    private readonly store: Pick<Store, 'series' | 'announcements'>,
    private readonly witness: KnownSeries,
  ) {}

  async announce(job: string, { timeoutMs = DEFAULT_TIMEOUT_MS, mode = 'push' }: AnnounceOptions): Promise<PushResult> {
    const begun = performance.now();
    const nothing = {
      job,
      instance: this.reader.groupOf(job).instance,
      gateway: '',
      gateways: [],
      series: 0,
      bytes: 0,
    };
    try {
      const known = new Map<string, ReadonlySet<string>>();
      const probe = await this.#findUnknown(job, known);
      if (probe === undefined) {
        const reason = 'Prometheus knows every series';
        return { ...nothing, outcome: 'skipped', durationMs: performance.now() - begun, reason };
      }
      const isNew = (definition: ResolvedDefinition, labels: string): boolean =>
        isAnnounced(definition) && known.get(definition.name)?.has(this.witness.identify(definition, labels)) !== true;
      const result = await this.pushService.push(job, { mode, isNew });
      if (result.outcome !== 'pushed') return result;
      const isSeen = await this.#waitFor(job, probe, begun + timeoutMs);
      await this.store.announcements.release(this.reader.groupOf(job), ANY_TIME_MS);
      const durationMs = performance.now() - begun;
      if (isSeen) return { ...result, durationMs };
      const reason = `Prometheus ${this.witness.address} has not scraped the new series within ${timeoutMs} ms`;
      return { ...result, outcome: 'failed', durationMs, reason };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      return { ...nothing, outcome: 'failed', durationMs: performance.now() - begun, reason: error.message, error };
    }
  }

  /** Asks for every family what Prometheus knows, and gives a series that it does not. */
  async #findUnknown(job: string, known: Map<string, ReadonlySet<string>>): Promise<Probe | undefined> {
    await this.reader.flush(job);
    const group = this.reader.groupOf(job);
    let unknown: Probe | undefined;
    for (const definition of (await this.store.series.definitions(group)).filter(isAnnounced)) {
      const ofFamily = await this.witness.among(group, definition);
      known.set(definition.name, ofFamily);
      if (unknown !== undefined) continue;
      for await (const chunk of this.store.series.read(group, definition)) {
        const series = chunk.find(({ labels }) => !ofFamily.has(this.witness.identify(definition, labels)));
        if (series === undefined) continue;
        unknown = { definition, labels: series.labels };
        break;
      }
    }
    return unknown;
  }

  async #waitFor(job: string, { definition, labels }: Probe, end: number): Promise<boolean> {
    const group = this.reader.groupOf(job);
    const identity = this.witness.identify(definition, labels);
    for (;;) {
      const seen = await this.witness.among(group, definition, labels).catch(() => undefined);
      if (seen?.has(identity)) return true;
      if (performance.now() >= end) return false;
      await wait(Math.min(POLL_MS, Math.max(end - performance.now(), 0)));
    }
  }
}

/** A gauge's first value is no increase. */
function isAnnounced({ type }: ResolvedDefinition): boolean {
  return type !== 'gauge';
}
