import { examine, type Finding, replicaOf } from '../../doctor/index.js';
import type { MetricsService } from '../../metrics/index.js';
import type { Endpoint, ResolvedOptions } from '../../options/index.js';
import type { GroupReader, PastPush, PushHistory } from '../../push/index.js';
import type { Store } from '../../store/index.js';
import { History } from './history.js';
import { keyOf, numberOf, readAll, type Reading, totalOf } from './reading.js';
import { askServers, type ServerAnswer } from './ask-servers.js';

/** How often the store is read for everybody who looks. */
export const EVERY_MS = 2_000;
/** After a long reading the store is left alone for this many times its duration. */
const REST = 4;
const SERVERS_EVERY_MS = 5_000;
const DOCTOR_EVERY_MS = 60_000;
/** An examination that began less than this ago is used again. */
const DOCTOR_AT_MOST_EVERY_MS = 5_000;
/** How long charts are kept after the last viewer has gone: a page that is loaded again still has them. */
const HISTORY_KEPT_MS = 60_000;

export interface FeedSources {
  readonly options: ResolvedOptions;
  readonly reader: GroupReader;
  readonly metrics: MetricsService;
  readonly store: Store;
  readonly history: PushHistory;
  /** Addresses of further Prometheus. */
  readonly replicas: readonly string[];
}

/** What is known, for all who look. */
export interface Known {
  readonly reading: Reading | undefined;
  /** Why the store could not be read. */
  readonly storeError: string | undefined;
  readonly history: History;
  readonly servers: readonly ServerAnswer[];
  readonly findings: readonly Finding[] | undefined;
  readonly examinedAt: number | undefined;
  readonly isExamining: boolean;
  readonly pushes: readonly PastPush[];
}

/** Reads the store and asks the servers once for all who look, and not at all while nobody does. */
export class ConsoleFeed {
  readonly #viewers = new Set<() => void>();
  readonly #prometheuses: readonly Endpoint[];
  #ticking: NodeJS.Timeout | undefined;
  #forgetting: NodeJS.Timeout | undefined;
  #history = new History();
  #reading: Reading | undefined;
  #storeError: string | undefined;
  #isReading = false;
  #readAgainAt = 0;
  #servers: readonly ServerAnswer[] = [];
  #askedServersAt = 0;
  #isAsking = false;
  #findings: readonly Finding[] | undefined;
  #examinedAt: number | undefined;
  #examining: Promise<void> | undefined;
  #examinationBegun = -Infinity;

  /** @throws ConfigurationError for a replica that is no address */
  constructor(private readonly sources: FeedSources) {
    const { prometheus } = sources.options;
    const further = sources.replicas.map((host) => replicaOf(prometheus, host));
    this.#prometheuses = [prometheus, ...further.filter(({ url }) => url !== prometheus.url)];
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  get known(): Known {
    return {
      reading: this.#reading,
      storeError: this.#storeError,
      history: this.#history,
      servers: this.#servers,
      findings: this.#findings,
      examinedAt: this.#examinedAt,
      isExamining: this.#examining !== undefined,
      pushes: this.sources.history.latest,
    };
  }

  /** Calls whenever there is something new, until the function it returns is called. */
  watch(viewer: () => void): () => void {
    clearTimeout(this.#forgetting);
    this.#viewers.add(viewer);
    if (this.#ticking === undefined) {
      this.#ticking = setInterval(() => {
        this.#tick();
      }, EVERY_MS).unref();
      this.#tick();
    }
    return () => {
      if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return;
      clearInterval(this.#ticking);
      this.#ticking = undefined;
      this.#forgetting = setTimeout(() => {
        this.#forget();
      }, HISTORY_KEPT_MS).unref();
    };
  }

  /** Reads at once: something was just done. */
  refresh(): void {
    this.#readAgainAt = 0;
    this.#askedServersAt = 0;
    if (this.#ticking === undefined) return;
    this.#tick();
    // That may have cured what the doctor found.
    void this.examine();
  }

  /** Has the doctor look. Resolves when it has. */
  examine(): Promise<void> {
    if (this.#examining !== undefined) return this.#examining;
    if (performance.now() - this.#examinationBegun < DOCTOR_AT_MOST_EVERY_MS) return Promise.resolve();
    this.#examinationBegun = performance.now();
    this.#examining = this.#examine().finally(() => {
      this.#examining = undefined;
      this.#tell();
    });
    return this.#examining;
  }

  close(): void {
    clearInterval(this.#ticking);
    clearTimeout(this.#forgetting);
    this.#viewers.clear();
  }

  #forget(): void {
    this.#history = new History();
    this.#reading = undefined;
    this.#storeError = undefined;
  }

  #tick(): void {
    const now = performance.now();
    if (!this.#isReading && now >= this.#readAgainAt) void this.#read();
    else this.#tell();
    if (!this.#isAsking && now - this.#askedServersAt >= SERVERS_EVERY_MS) void this.#ask();
    if (now - this.#examinationBegun >= DOCTOR_EVERY_MS) void this.examine();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    const begun = performance.now();
    try {
      const { options, reader, metrics } = this.sources;
      const reading = await readAll(options.jobs, reader, metrics);
      this.#history.add(reading.at, valuesOf(reading));
      this.#reading = reading;
      this.#storeError = undefined;
    } catch (error) {
      this.#storeError = (error as Error).message;
    }
    this.#isReading = false;
    this.#readAgainAt = performance.now() + REST * (performance.now() - begun) - EVERY_MS;
    this.#tell();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#askedServersAt = performance.now();
    this.#servers = await askServers(this.sources.options, this.#prometheuses).catch(() => this.#servers);
    this.#isAsking = false;
    this.#tell();
  }

  async #examine(): Promise<void> {
    const { options, store, replicas } = this.sources;
    try {
      this.#findings = await examine({ options, store, replicas });
    } catch (error) {
      const finding = `the doctor could not look: ${(error as Error).message}`;
      this.#findings = [{ check: 'doctor', severity: 'error', subject: 'doctor', finding }];
    }
    this.#examinedAt = Date.now();
  }

  #tell(): void {
    for (const viewer of this.#viewers) viewer();
  }
}

/** Families first: so they have charts even with very many series. */
function* valuesOf({ families }: Reading): Generator<[string, number]> {
  for (const family of families) if (family.series.length > 0) yield [keyOf(family), totalOf(family)];
  for (const family of families) {
    for (const { labels, value } of family.series) yield [keyOf(family, labels), numberOf(family.definition, value)];
  }
}
