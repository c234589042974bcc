import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { ConfigurationError } from '../errors/index.js';
import { thrownText } from '../errors/thrown-text.js';
import type { GatewayPool, PoolAnswer } from '../gateway/index.js';
import { PackageLogger } from '../log/package-logger.js';
import type { Group, MetricFamily, PushResult } from '../model/index.js';
import type { Store } from '../store/index.js';
import { loadExposition } from './load-exposition.js';
import { AbandonedGroups } from './abandoned-groups.js';
import { GroupRemover } from './group-remover.js';
import { Presence } from './presence.js';
import { isOfProcess, PROCESS_LABEL } from './process-label.js';
import { takeTurn } from './turn.js';

/** So long after its last sign of life the group of a process is removed by another one, which looks every five seconds. */
const STALE_AFTER_MS = 15_000;
/** Longest wait for what a source gives. */
const SOURCE_PATIENCE_MS = 5_000;

/** Metrics of this process alone, which are no part of a sum. */
export interface ProcessSource {
  /** For people. */
  readonly name: string;
  /** All that it has now. */
  read(): Promise<readonly MetricFamily[]>;
}

export interface ProcessGroupOptions {
  /** That of the first job: the group of the process is beside it, with one grouping label more. */
  readonly group: Group;
  /** Addresses of the configured gateways. */
  readonly gateways: readonly string[];
  readonly timeoutMs: number;
}

/**
 * What this process measures of itself, as a group of its own on the gateway. It is pushed with each tick, deleted when the
 * process ends, and deleted by another process of this kind if it was killed. Without a source nothing is done.
 */
export class ProcessGroup {
  readonly group: Group;
  readonly #logger = new PackageLogger();
  readonly #sources: ProcessSource[] = [];
  readonly #abandoned: AbandonedGroups;
  #underWay: Promise<PushResult> | undefined;
  #isFailing = false;
  #hasBegun = false;
  readonly #ending = new AbortController();

  constructor(
    private readonly options: ProcessGroupOptions,
    private readonly store: Store,
    private readonly pool: GatewayPool,
  ) {
    const { group, gateways, timeoutMs } = options;
    const name = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
    this.group = { ...group, labels: { ...group.labels, [PROCESS_LABEL]: name } };
    const life = { staleGroupAfterMs: STALE_AFTER_MS, deleteOnShutdown: true };
    const presence = new Presence(life, [this.group], gateways, store.signsOfLife);
    const remover = new GroupRemover(store, pool, timeoutMs, presence);
    this.#abandoned = new AbandonedGroups(life, presence, store.signsOfLife, remover, isOfProcess);
  }

  /** Whether there is anything to remove at the end. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** For people: what it pushes. */
  get sourceNames(): readonly string[] {
    return this.#sources.map(({ name }) => name);
  }

  /** @throws ConfigurationError if the application uses the grouping label itself. */
  add(source: ProcessSource): void {
    if (Object.hasOwn(this.options.group.labels, PROCESS_LABEL)) {
      throw new ConfigurationError(
        `pushgateway.groupingLabels: expected no "${PROCESS_LABEL}", which tells processes apart for ${source.name}`,
      );
    }
    this.#sources.push(source);
  }

  /** Pushes what all sources have now; undefined without a source, and after the {@link end}. Never rejects. */
  push(): Promise<PushResult | undefined> {
    if (this.#sources.length === 0 || this.#ending.signal.aborted) return Promise.resolve(undefined);
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#abandoned.start();
    }
    return (this.#underWay ??= this.#report().finally(() => (this.#underWay = undefined)));
  }

  /** Pushes no more, and removes the group. Never rejects. */
  async end(): Promise<void> {
    this.#ending.abort(new Error('the application ended first'));
    if (!this.#hasBegun) return;
    try {
      // At once: its timers end, whether the store answers or not.
      const [left] = await Promise.all([this.#abandoned.leave(), this.#underWay]);
      for (const group of left) await this.#abandoned.removeLeft(group);
    } catch (error) {
      this.#logger.warn(`The group of this process is left to others to remove: ${(error as Error).message}`);
    }
  }

  async #report(): Promise<PushResult> {
    const begun = performance.now();
    const { job, instance } = this.group;
    const count = { series: 0, bytes: 0 };
    const resultOf = (outcome: PushResult['outcome'], gateways: readonly string[]): PushResult => ({
      ...{ job, instance, gateway: gateways[0] ?? '', gateways: [...gateways], outcome, ...count },
      durationMs: performance.now() - begun,
    });
    try {
      const { families, missing } = await this.#read();
      const { familiesAsText } = await loadExposition();
      const text = familiesAsText(families);
      const reason = missing.join('; ');
      const answer = text === '' ? undefined : await this.#send(text, missing.length > 0);
      if (answer) Object.assign(count, { series: seriesIn(families), bytes: Buffer.byteLength(text) });
      this.#tell(reason);
      const result = resultOf(answer ? 'pushed' : 'skipped', answer?.gateways ?? this.pool.addresses);
      if (answer === undefined && missing.length === 0) return { ...result, reason: 'nothing to push' };
      return { ...result, ...(reason !== '' && { reason }) };
    } catch (thrown) {
      const error = thrown as Error;
      if (!this.#ending.signal.aborted) this.#tell(error.message);
      return { ...resultOf('failed', this.pool.addresses), reason: error.message, error };
    }
  }

  /** What each source has; of one that fails, why. */
  async #read(): Promise<{ families: readonly MetricFamily[]; missing: readonly string[] }> {
    const read = await Promise.allSettled(this.#sources.map((source) => readInTime(source)));
    const missing = read.flatMap((one, at) =>
      one.status === 'rejected' ? `${(this.#sources[at] as ProcessSource).name}: ${thrownText(one.reason)}` : [],
    );
    return { families: joined(read.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))), missing };
  }

  /** @param isPart What is missing stays on the gateway as it was. */
  async #send(text: string, isPart: boolean): Promise<PoolAnswer> {
    const { signal } = this.#ending;
    const turn = await takeTurn(this.store.turns, this.group, this.options.timeoutMs, { ending: signal });
    if ('skipped' in turn) throw new Error(turn.skipped);
    let isPushed = false;
    try {
      const mode = isPart ? 'pushAdd' : 'push';
      const beforeEnd = (): Promise<void> => turn.keep();
      const answer = await this.pool.push({ group: this.group, text, mode, turn: turn.id, signal, beforeEnd });
      isPushed = true;
      return answer;
    } finally {
      await turn.end(isPushed);
    }
  }

  /** One line when it begins to fail, one when it is well again. */
  #tell(failure: string): void {
    if (failure !== '' && !this.#isFailing) this.#logger.warn(`Push of the metrics of this process failed: ${failure}`);
    if (failure === '' && this.#isFailing) this.#logger.log('Push of the metrics of this process works again');
    this.#isFailing = failure !== '';
  }
}

function readInTime(source: ProcessSource): Promise<readonly MetricFamily[]> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error(`it did not answer within ${SOURCE_PATIENCE_MS} ms`));
    }, SOURCE_PATIENCE_MS).unref();
    const answer = source.read();
    answer.then(resolve, reject).finally(() => {
      clearTimeout(late);
    });
  });
}

/** A gateway refuses a second block of one name. */
function joined(families: readonly MetricFamily[]): MetricFamily[] {
  const all = new Map<string, MetricFamily>();
  for (const family of families) {
    const earlier = all.get(family.name);
    if (earlier && earlier.type !== family.type) {
      throw new Error(`Metric "${family.name}" is a ${earlier.type} and a ${family.type}: rename one of them`);
    }
    all.set(family.name, earlier ? { ...earlier, values: [...earlier.values, ...family.values] } : family);
  }
  return [...all.values()];
}

/** As Prometheus counts: lines. */
function seriesIn(families: readonly MetricFamily[]): number {
  return families.reduce((sum, { values }) => sum + values.length, 0);
}
