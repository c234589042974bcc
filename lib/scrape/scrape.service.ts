import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ConfigurationError } from '../errors/index.js';
import { gatewayDirectory, prometheusWitness } from '../gateway/pools.js';
import { PackageLogger } from '../log/package-logger.js';
import { RESOLVED_OPTIONS, type ResolvedOptions, tokenIn } from '../options/index.js';
import { CounterRestorer, PrometheusClient } from '../prometheus/index.js';
import { Collectors, GroupReader, ProcessGroup } from '../push/index.js';
import { STORE, type Store } from '../store/index.js';
import { choiceFor, type ScrapeFormat, takesGzip } from './negotiate.js';
import { type ResolvedScrapeOptions, SCRAPE_OPTIONS } from './scrape-options.js';
import { bodyOf, SCRAPE_TYPES } from './scraped-body.js';
import { PushedCopies } from './pushed-copies.js';
import { PushedTooError, ScrapedGroup, type ScrapeSources } from './scraped-group.js';

/** What is read of a request of Express or Fastify. */
export interface ScrapeRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly url: string;
}

/** Node's response, as Express has it, or Fastify's around it. */
export type ScrapeResponse = ServerResponse | { readonly raw: ServerResponse; hijack(): void };

const HEADERS = {
  'cache-control': 'no-store',
  vary: 'accept, accept-encoding',
  'x-content-type-options': 'nosniff',
} as const;
const TEXT = 'text/plain; charset=utf-8';
/** Each waits for its turn, and makes its body. */
const MOST_AT_ONCE = 10;
/** How long a client may take to read its answer. Prometheus waits no longer for a whole scrape. */
const SEND_MS = 10_000;

interface Answer {
  readonly format: ScrapeFormat;
  readonly gzip: boolean;
  readonly utf8Names: boolean | 'declared';
  readonly body: readonly Uint8Array[];
}

/** Answers scrapes with the values of all replicas. For a controller of your own; ours calls it too. */
@Injectable()
export class ScrapeService implements OnModuleInit, OnApplicationBootstrap {
  /** Private at run time too: `util.inspect` would print everything that can be reached from here. */
  readonly #modules: ModuleRef;
  readonly #scrape: ResolvedScrapeOptions;
  #options!: ResolvedOptions;
  #sources!: ScrapeSources;
  #underWay = 0;
  readonly #told = new Set<string>();

  /** @internal Nest makes it. */
  constructor(@Inject(SCRAPE_OPTIONS) scrape: ResolvedScrapeOptions, @Inject(ModuleRef) modules: ModuleRef) {
    this.#scrape = scrape;
    this.#modules = modules;
  }

  /**
   * By then all providers exist.
   * @throws ConfigurationError without `PrometheusPushgatewayModule`, and for one that pushes the same series
   */
  onModuleInit(): void {
    // Wherever it is imported: also with `isGlobal: false`.
    const find = <T>(token: symbol | Type<T>): T =>
      this.#modules.get<T>(tokenIn(this.#scrape.name, token), { strict: false });
    try {
      this.#options = find<ResolvedOptions>(RESOLVED_OPTIONS);
    } catch {
      throw new ConfigurationError(
        'PrometheusPushgatewayScrapeModule needs PrometheusPushgatewayModule.forRoot(...) or forRootAsync(...): import that too',
      );
    }
    const { labels } = this.#scrape;
    refusePushes(this.#options, labels);
    const store = find<Store>(STORE);
    const { gateways, formerGateways, prometheusLabels } = this.#options;
    const prometheus = find(PrometheusClient);
    const restorer = find(CounterRestorer);
    restorer.noteCopyLabels(Object.keys(labels));
    const directory = gatewayDirectory(gateways, formerGateways);
    const copies = new PushedCopies(directory, store.ledgers, prometheusWitness(prometheus, prometheusLabels));
    const [reader, collectors] = [find(GroupReader), find(Collectors)];
    this.#sources = { options: this.#options, reader, collectors, store, restorer, copies, labels };
  }

  /** By then all sources of the process are known. @internal For Nest. */
  onApplicationBootstrap(): void {
    const unseen = this.#modules.get(ProcessGroup, { strict: false }).sourceNames;
    if (unseen.length === 0 || this.#options.autoPush !== false) return;
    new PackageLogger().warn(
      `Not scraped: ${[...new Set(unseen)].join(', ')}. What one process measures of itself is only pushed, with autoPush`,
    );
  }

  /**
   * Answers one scrape: in the format that `Accept` asks for, compressed if `Accept-Encoding` allows that, of the families that
   * `?name[]=` names. 409 while a gateway has the same series, 503 while Redis is away. Never rejects.
   */
  async answer(request: ScrapeRequest, response: ScrapeResponse): Promise<void> {
    if ('hijack' in response) response.hijack();
    const raw = 'raw' in response ? response.raw : response;
    // Whoever asked has gone: nothing is waited for any more.
    const gone = new AbortController();
    raw.once('close', () => {
      gone.abort(new Error('the client has gone'));
    });
    raw.on('error', () => undefined);
    if (this.#underWay >= MOST_AT_ONCE) {
      reply(raw, 503, `${MOST_AT_ONCE} scrapes are under way already\n`);
      return;
    }
    try {
      // Whoever is slow to read an answer keeps nobody else from one.
      this.#underWay += 1;
      const answer = await this.#read(request, gone.signal).finally(() => (this.#underWay -= 1));
      await send(raw, answer);
    } catch (error) {
      if (!gone.signal.aborted) this.#refuse(raw, error as Error);
    }
  }

  async #read({ headers, url }: ScrapeRequest, signal: AbortSignal): Promise<Answer> {
    const { format, utf8Names } = choiceFor(textOf(headers['accept']));
    const gzip = takesGzip(textOf(headers['accept-encoding']));
    const query = new URL(url, 'http://scrape').searchParams;
    const names = query.getAll('name[]');
    const groups: ScrapedGroup[] = [];
    let isWhole = false;
    try {
      // One after the other: two scrapes that wait for each other's groups would wait for ever.
      for (const job of [...this.#options.jobs].sort()) {
        groups.push(await ScrapedGroup.begin(job, this.#sources, signal));
      }
      const { created } = this.#scrape;
      const { now } = this.#sources.reader;
      const body = await bodyOf(groups, { format, gzip, created, names, utf8Names: utf8Names !== false, now });
      await Promise.all(groups.map((group) => group.keep()));
      const leavesOut = utf8Names === false && this.#tellLeftOut(groups);
      isWhole = names.length === 0 && !leavesOut;
      return { format, gzip, utf8Names, body };
    } finally {
      await Promise.all(groups.map((group) => group.end(isWhole)));
    }
  }

  /** Whether a reader that takes classic names only misses something. The log says so once. */
  #tellLeftOut(groups: readonly ScrapedGroup[]): boolean {
    const missed = groups.flatMap(({ families, classicFamilies }) =>
      families.filter((family) => !classicFamilies.includes(family)).map(({ definition }) => definition.name),
    );
    if (missed.length === 0) return false;
    if (!this.#told.has('utf8')) {
      const names = [...new Set(missed)].map((name) => JSON.stringify(name)).join(', ');
      new PackageLogger().warn(`Not shown to a client that takes no names in UTF-8, as Prometheus 3 does: ${names}`);
    }
    this.#told.add('utf8');
    return true;
  }

  #refuse(raw: ServerResponse, error: Error): void {
    const { message } = error;
    if (raw.headersSent) {
      raw.destroy();
      return;
    }
    reply(raw, error instanceof PushedTooError ? 409 : error instanceof ConfigurationError ? 500 : 503, `${message}\n`);
    // Of a store that is away its buffers have told.
    const isOurs = error instanceof PushedTooError || error instanceof ConfigurationError;
    if (isOurs && !this.#told.has(message)) new PackageLogger().warn(`Scrape refused: ${message}`);
    this.#told.add(message);
  }
}

/**
 * Two ways for one series are two sources of it: its counters step back at every change of source. One of them is enough; with a label
 * each is right, but a sum over both counts twice, so nobody gets that unasked.
 */
function refusePushes(
  { autoPush, pushOnShutdown, groupingLabels }: ResolvedOptions,
  labels: Readonly<Record<string, string>>,
): void {
  const taken = Object.keys(labels).find((name) => Object.hasOwn(groupingLabels, name));
  if (taken !== undefined) {
    throw new ConfigurationError(
      `PrometheusPushgatewayScrapeModule.forRoot: labels.${taken}: expected none of pushgateway.groupingLabels`,
    );
  }
  if (Object.keys(labels).length > 0 || (autoPush === false && !pushOnShutdown)) return;
  const what = autoPush === false ? 'pushOnShutdown' : 'autoPush';
  throw new ConfigurationError(
    `PrometheusPushgatewayScrapeModule: this application pushes what is scraped too (${what}), and its counters would step back and ` +
      `forth in Prometheus. Set ${what} to false, or tell both ways apart by "labels" of PrometheusPushgatewayScrapeModule.forRoot`,
  );
}

/** A client that does not read is left. */
async function send(raw: ServerResponse, { format, gzip, utf8Names, body }: Answer): Promise<void> {
  raw.writeHead(200, {
    ...HEADERS,
    'content-type': `${SCRAPE_TYPES[format]}${utf8Names === 'declared' ? '; escaping=allow-utf-8' : ''}`,
    'content-length': body.reduce((sum, { byteLength }) => sum + byteLength, 0),
    ...(gzip && { 'content-encoding': 'gzip' }),
  });
  await pipeline(Readable.from(body), raw, { signal: AbortSignal.timeout(SEND_MS) });
}

function reply(raw: ServerResponse, status: number, text: string): void {
  raw.writeHead(status, { ...HEADERS, 'content-type': TEXT });
  raw.end(text);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
