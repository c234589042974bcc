import { StoreUnavailableError } from '../../../../lib/errors/index.js';
import type { Group } from '../../../../lib/model/index.js';
import type { Store } from '../../../../lib/store/index.js';
import { GroupStates } from '../../../../lib/store/memory/group-states.js';
import { MemoryStore } from '../../../../lib/store/memory/memory.store.js';
import type { Host } from './host.js';
import type { World } from './world.js';

/** The store all pushers share. */
export class SharedStore extends MemoryStore {
  isAway = false;
  /** What was counted is there, and nobody knows any more which gateways have it. */
  readonly loseLedger: (group: Group) => Promise<void>;
  #isLost = false;
  holder: string | undefined;
  readonly copies = new Set<string>();

  constructor(private readonly onStrike: (gateway: string) => void) {
    const groups = new GroupStates();
    super({}, groups);
    this.loseLedger = async (group) => {
      const state = await groups.of(group);
      Object.assign(state, { holder: undefined, heldSince: undefined, silentSince: undefined, pushedAt: 0 });
      delete state.turn;
      for (const noted of [state.copies, state.unreachable, state.forgotten]) noted.clear();
      this.holder = undefined;
      this.copies.clear();
      this.#isLost = true;
    };
    const { ledgers } = this;
    const [noteHolder, strikeCopy] = [ledgers.noteHolder.bind(ledgers), ledgers.strikeCopy.bind(ledgers)];
    const noteCopies = ledgers.noteCopies.bind(ledgers);
    ledgers.noteCopies = async (group, turn, gateways) => {
      const isNoted = await noteCopies(group, turn, gateways);
      if (isNoted) for (const gateway of gateways) this.copies.add(gateway);
      if (isNoted) this.#isLost = false;
      return isNoted;
    };
    ledgers.noteHolder = async (group, turn, gateway) => {
      const isNoted = await noteHolder(group, turn, gateway);
      if (isNoted) this.#note(gateway);
      return isNoted;
    };
    ledgers.strikeCopy = async (group, gateway, hold) => {
      await strikeCopy(group, gateway, hold);
      const { copies } = await ledgers.read(group);
      if (!copies.includes(gateway)) this.#strike(gateway);
    };
  }

  /** Whether nobody has pushed since the ledger was lost. */
  get isLost(): boolean {
    return this.#isLost;
  }

  #note(gateway: string): void {
    this.holder = gateway;
    this.copies.add(gateway);
    this.#isLost = false;
  }

  #strike(gateway: string): void {
    this.copies.delete(gateway);
    this.onStrike(gateway);
  }
}

/** The store as one pusher reaches it: requests and replies take time, and get lost while it is away. */
export function linkTo(store: SharedStore, host: Host, world: World): Store {
  const travel = async (): Promise<void> => {
    await host.gate();
    await world.travel();
    if (store.isAway) throw new StoreUnavailableError('Store unreachable');
  };
  const call = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    await travel();
    const result = await act();
    await travel();
    await host.gate();
    return result;
  };
  const stream = async function* <Chunk>(act: () => AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    await travel();
    const chunks = [];
    for await (const chunk of act()) chunks.push(chunk);
    await travel();
    await host.gate();
    yield* chunks;
  };
  const part = <Part extends object>(of: Part): Part =>
    new Proxy(of, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        const isStream = name === 'read' && target === (store.series as object);
        return (...args: unknown[]) =>
          isStream || name === 'readText'
            ? stream(() => method.apply(target, args) as AsyncIterable<unknown>)
            : call(() => method.apply(target, args) as Promise<unknown>);
      },
    });
  return {
    address: 'memory',
    wasReached: true,
    series: part(store.series),
    shapes: part(store.shapes),
    turns: part(store.turns),
    ledgers: part(store.ledgers),
    announcements: part(store.announcements),
    processes: part(store.processes),
    removal: part(store.removal),
    signsOfLife: part(store.signsOfLife),
    diagnose: () => call(() => store.diagnose()),
    rehearse: () => call(() => store.rehearse()),
    ping: () => call(() => store.ping()),
    started: () => undefined,
    close: () => Promise.resolve(),
  };
}
