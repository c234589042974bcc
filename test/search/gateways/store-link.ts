import { StoreUnavailableError } from '../../../lib/errors/index.js';
import type { Group } from '../../../lib/model/index.js';
import type { Store } from '../../../lib/store/index.js';
import { MemoryStore } from '../../../lib/store/memory/memory.store.js';
import type { Host } from './host.js';
import type { World } from './world.js';

/** The store all pushers share. */
export class SharedStore extends MemoryStore {
  isAway = false;
  holder: string | undefined;
  readonly copies = new Set<string>();

  constructor(private readonly onStrike: (gateway: string) => void) {
    super();
  }

  override async noteHolder(group: Group, token: string, gateway: string): Promise<boolean> {
    const isNoted = await super.noteHolder(group, token, gateway);
    if (isNoted) {
      this.holder = gateway;
      this.copies.add(gateway);
    }
    return isNoted;
  }

  override async strikeCopy(...args: Parameters<Store['strikeCopy']>): Promise<void> {
    const [group, gateway] = args;
    await super.strikeCopy(...args);
    const { copies } = await this.readLedger(group);
    if (copies.includes(gateway)) return;
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
  const call =
    <Args extends unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await travel();
      const result = await act.apply(store, args);
      await travel();
      await host.gate();
      return result;
    };
  const stream = <Args extends unknown[], Chunk>(act: (...args: Args) => AsyncIterable<Chunk>) =>
    async function* (...args: Args): AsyncGenerator<Chunk> {
      await travel();
      const chunks = [];
      for await (const chunk of act(...args)) chunks.push(chunk);
      await travel();
      await host.gate();
      yield* chunks;
    };
  return {
    address: 'memory',
    apply: call(store.apply.bind(store)),
    definitions: call(store.definitions.bind(store)),
    read: stream(store.read.bind(store)),
    readText: stream(store.readText.bind(store)),
    takeTurn: call(store.takeTurn.bind(store)),
    keepTurn: call(store.keepTurn.bind(store)),
    endTurn: call(store.endTurn.bind(store)),
    readLedger: call(store.readLedger.bind(store)),
    noteHolder: call(store.noteHolder.bind(store)),
    noteSilence: call(store.noteSilence.bind(store)),
    strikeCopy: call(store.strikeCopy.bind(store)),
    restoring: call(store.restoring.bind(store)),
    beat: call(store.beat.bind(store)),
    silentGroups: call(store.silentGroups.bind(store)),
    leaveGroups: call(store.leaveGroups.bind(store)),
    strikeGroup: call(store.strikeGroup.bind(store)),
    isQuiet: call(store.isQuiet.bind(store)),
    removeGroup: call(store.removeGroup.bind(store)),
    expireSeries: call(store.expireSeries.bind(store)),
    releaseAnnounced: call(store.releaseAnnounced.bind(store)),
    noteShown: call(store.noteShown.bind(store)),
    diagnose: call(store.diagnose.bind(store)),
    ping: call(store.ping.bind(store)),
    close: () => Promise.resolve(),
  };
}
