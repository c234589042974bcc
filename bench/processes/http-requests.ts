/** `node http-requests.js`: microseconds of CPU that measuring adds to a request of Express, in an application of Nest. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { shuffled } from '../harness/shuffled.js';
import { lowestTenth } from '../harness/statistics.js';
import { report } from './report.js';

/** Nobody measures in `bare` and `again`; `us` measures requests, `all` everything; `peer` is express-prom-bundle. */
export type HttpContestant = 'bare' | 'again' | 'us' | 'all' | 'peer';

const ROUNDS = 61;
const REQUESTS = 1_500;

/** An application in a process of its own, as most are. */
class Contestant {
  /** CPU of a request in each round, in microseconds. */
  readonly costs: number[] = [];
  readonly #child: ChildProcess;

  constructor(name: HttpContestant) {
    this.#child = fork(join(import.meta.dirname, 'http-server.js'), [name]);
  }

  async begun(): Promise<void> {
    await once(this.#child, 'message');
  }

  async answer(requests: number): Promise<number> {
    this.#child.send(requests);
    const [cost] = (await once(this.#child, 'message')) as [number];
    return cost;
  }

  end(): void {
    this.#child.disconnect();
  }
}

const bare = new Contestant('bare');
const again = new Contestant('again');
const us = new Contestant('us');
const all = new Contestant('all');
const peer = new Contestant('peer');
const contestants = [bare, again, us, all, peer];
await Promise.all(contestants.map((each) => each.begun()));

// Their code is compiled before it is measured.
for (const each of contestants) await each.answer(10 * REQUESTS);
// In an order of its own for each round: whatever else the machine does meets all of them.
for (let round = 1; round <= ROUNDS; round += 1) {
  for (const each of shuffled(contestants, round)) each.costs.push(await each.answer(REQUESTS));
}
// A shared host halves a processor's speed for seconds at a time, which medians of differences drown in.
const added = ({ costs }: Contestant): number => lowestTenth(costs) - lowestTenth(bare.costs);
report({
  bareUs: lowestTenth(bare.costs),
  usUs: added(us),
  allUs: added(all),
  peerUs: added(peer),
  // What two applications differ by of which neither measures anything: nothing above is known better than that.
  againUs: Math.abs(added(again)),
});
for (const each of contestants) each.end();
