import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type GroupStatus, MetricsService } from 'nestjs-prometheus-pushgateway';
import { exhaustMap, type Observable, ReplaySubject, share, takeUntil, timer } from 'rxjs';
import { ROWS, titleOf, valueOf } from '../places/rows.js';
import { AutoPushSwitch } from './auto-push.switch.js';
import type { BoardState, PlaceState } from './board-state.js';
import { HappeningsInterceptor } from './happenings.interceptor.js';
import { Judge, type Verdict, worst } from './judge.js';
import type { Place } from './place.js';
import { Places } from './places.js';
import { ShopSettings } from './settings.js';
import { Stage } from './demo-channel.js';
import { Truth } from './truth.js';

const LOOK_EVERY_MS = 500;
/** Places that have not answered by then are shown as they were. */
const LOOK_PATIENCE_MS = 400;
/** The queue is measured every second; what is counted goes to the store every quarter of one. */
const TO_STORE_MS = 2_500;
/** How long a push may take. */
const PUSH_MS = 2_000;
/** Prometheus' default, where nobody says better. */
const SCRAPE_EVERY_MS = 60_000;

/** All places side by side, looked at while somebody watches: once for all who do. */
@Injectable()
export class Board implements OnModuleDestroy {
  /** Whoever has read it may ask for actions. A page of another origin can send requests here, but not read. */
  readonly token = randomBytes(16).toString('hex');
  readonly #end = new ReplaySubject<void>(1);
  readonly states: Observable<BoardState> = timer(0, LOOK_EVERY_MS).pipe(
    exhaustMap(() => this.#look()),
    takeUntil(this.#end),
    share(),
  );
  readonly #truth = new Truth();
  readonly #judges = new Map<Place, Judge>();
  /** By row: what the store has from former runs and other replicas. */
  readonly #elsewhere = ROWS.map(() => 0);
  #status: readonly GroupStatus[] = [];

  constructor(
    private readonly places: Places,
    private readonly happenings: HappeningsInterceptor,
    private readonly metrics: MetricsService,
    private readonly settings: ShopSettings,
    private readonly autoPush: AutoPushSwitch,
    private readonly stage: Stage,
  ) {}

  /** An open stream would keep the server from closing; a browser asks for it again at once. */
  onModuleDestroy(): void {
    this.#end.next();
  }

  async #look(): Promise<BoardState> {
    const places = this.places.all();
    const looks = [
      ...places.map((place) => place.read()),
      this.metrics.status().then(
        (status) => (this.#status = status),
        () => undefined,
      ),
    ];
    await Promise.race([Promise.all(looks), sleep(LOOK_PATIENCE_MS)]);
    return this.#stateOf(places);
  }

  #stateOf(places: readonly Place[]): BoardState {
    const at = Date.now();
    const here = ROWS.map((row) => row.happened(this.happenings.tally));
    const [store] = places;
    if (store) this.#learnElsewhere(store, here);
    this.#truth.note(
      at,
      here.map((value, row) => value + (this.#elsewhere[row] ?? 0)),
    );
    const states = places.map((place) => this.#placeState(place, at));
    const { staging } = this.stage;
    return {
      token: this.token,
      verdict: worst(states.map(({ verdict }) => verdict)),
      rows: ROWS.map((row, index) => ({
        title: titleOf(row),
        job: row.job,
        here: here[index] ?? 0,
        elsewhere: this.#elsewhere[index] ?? 0,
      })),
      places: states,
      autoPush: { isOn: this.autoPush.isOn, everyMs: this.settings.pushEveryMs },
      ...(staging && { demo: { customersCome: staging.hasCustomers } }),
    };
  }

  /** In a demo all counts are of this process: more in the store is a fault. Elsewhere there may be others. */
  #learnElsewhere(store: Place, here: readonly number[]): void {
    if (this.stage.staging || store.readAt === undefined) return;
    for (const [index, row] of ROWS.entries()) {
      if (row.name === 'queue_depth') continue;
      const more = (valueOf(row, store.samples) ?? 0) - (here[index] ?? 0);
      this.#elsewhere[index] = Math.max(this.#elsewhere[index] ?? 0, more);
    }
  }

  #placeState(place: Place, at: number): PlaceState {
    const { kind, name, url, error } = place;
    const judge = this.#judges.get(place) ?? new Judge(this.#truth);
    this.#judges.set(place, judge);
    const own =
      kind === 'store'
        ? place.samples
        : place.samples.filter(({ labels }) => labels['instance'] === this.settings.instance);
    const isAway = error !== undefined || place.readAt === undefined;
    if (isAway) judge.forget();
    const cells = ROWS.map((row, index): PlaceState['cells'][number] => {
      if (isAway) return { verdict: 'unknown' };
      const value = valueOf(row, own);
      const isHere = kind !== 'gateway' || this.#holds(place, row.job);
      if (!isHere) return value === undefined ? { verdict: 'none' } : { value, verdict: 'due' };
      const verdict: Verdict = judge.judge(index, { value, mayLagMs: this.#mayLagMs(kind), at });
      return { ...(value !== undefined && { value }), verdict };
    });
    const pushedAt = Math.max(
      ...own.filter((sample) => sample.name === 'push_time_seconds').map(({ value }) => value * 1_000),
    );
    const since = kind === 'store' ? place.readAt : pushedAt;
    const staged = this.stage.staging?.gateways.find((gateway) => gateway.url === url);
    return {
      kind,
      name,
      url,
      verdict: worst(cells.map(({ verdict }) => verdict)),
      cells,
      isEmpty: cells.every(({ verdict }) => verdict === 'none'),
      mayLagMs: Number.isFinite(this.#mayLagMs(kind)) ? this.#mayLagMs(kind) : null,
      ...(since !== undefined && Number.isFinite(since) && { ageMs: Math.max(0, at - since) }),
      ...(error !== undefined && { error }),
      ...(staged && { state: staged.state }),
    };
  }

  /** Whether a gateway is where a job's group should be. Before the first push that may be any. */
  #holds({ url }: Place, job: string): boolean {
    if (this.settings.isBroadcast || this.settings.gateways.length === 1) return true;
    const holder = this.#status.find((status) => status.job === job)?.holder;
    return holder === url;
  }

  #mayLagMs(kind: Place['kind']): number {
    if (kind === 'store') return TO_STORE_MS;
    if (!this.autoPush.isOn) return Infinity;
    const toGateway = TO_STORE_MS + this.settings.pushEveryMs + PUSH_MS;
    if (kind === 'gateway') return toGateway;
    return toGateway + (this.stage.staging?.scrapeEveryMs ?? SCRAPE_EVERY_MS);
  }
}
