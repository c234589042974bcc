import type { Group } from '../../model/index.js';
import type { GatewayDirectory } from '../gateway-directory.js';
import { groupingKeyOf } from '../client/grouping-key.js';

/** The first of these gateways that answers and shows a group; undefined if none does. */
export async function whoShows(
  group: Group,
  directory: GatewayDirectory,
  gateways: readonly string[] = directory.addresses,
): Promise<string | undefined> {
  const key = textOf(groupingKeyOf(group));
  const shows = async (gateway: string): Promise<boolean> => {
    const { groups } = await directory.clientOf(gateway).contents();
    return groups.some(({ labels }) => textOf(labels) === key);
  };
  const found = await Promise.all(gateways.map((gateway) => shows(gateway).catch(() => false)));
  return gateways.find((_, at) => found[at]);
}

/** A gateway gives a group without an instance an empty one. */
function textOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
