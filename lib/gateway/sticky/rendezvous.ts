import { createHash } from 'node:crypto';

/**
 * The gateways in the order in which a group prefers them (rendezvous hashing, Thaler and Ravishankar 1998): every
 * process finds the same order without asking, and a gateway that comes or goes moves no group but its own.
 */
export function preferenceOf(group: string, gateways: readonly string[]): string[] {
  return gateways
    .map((gateway) => ({ gateway, weight: createHash('sha256').update(`${gateway}\n${group}`).digest('hex') }))
    .sort((one, other) => (one.weight < other.weight ? 1 : -1))
    .map(({ gateway }) => gateway);
}
