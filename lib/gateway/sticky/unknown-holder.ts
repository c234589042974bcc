import { everywhere, type GatewayDirectory } from '../gateway-directory.js';
import type { Placement } from './placement.js';
import { whoShows } from './shown-group.js';

/**
 * Looks for a group that the store does not know: nobody has pushed it yet, or the store has been emptied since. If some
 * gateway does not answer, Prometheus finds the group, and no gateway that answers shows it, then the silent gateway has
 * the group: it stays there.
 * @returns the gateway that shows it; undefined if none is known to show it.
 * @throws GatewayPoolError if it stays on a gateway that cannot be reached.
 */
export async function lookForGroup(placement: Placement, directory: GatewayDirectory): Promise<string | undefined> {
  const { addresses } = directory;
  // Behind one address nobody can ask the gateways.
  if (placement.holder !== undefined || addresses.length === 1) return undefined;
  const all = everywhere(directory);
  const answering = await placement.answering(all);
  if (answering.length === all.length || !(await placement.isScraped())) return undefined;
  const shown = await whoShows(placement.group, directory, answering);
  if (shown !== undefined || !(await placement.isScrapedOn())) return shown;
  throw placement.failure(addresses, new Error('a gateway that does not answer has the group'));
}
