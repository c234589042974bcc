import { GatewayResponseError, HttpProxyError } from '../../errors/index.js';
import { failureKind, isNobodyThere } from '../client/failure-kind.js';
import { type GatewayDirectory, isConfigured } from '../gateway-directory.js';
import type { Doubt, Placement } from './placement.js';
import { whoShows } from './shown-group.js';

/**
 * Moves a group away from a holder that is not configured any more. It is removed there first: Prometheus would see the
 * values of two gateways in turn. If it cannot be removed and Prometheus still scrapes it, it stays, as at any other
 * gateway. But that gateway may only have another name by now: then a configured gateway shows the group.
 * @returns the configured gateway that shows it; undefined if none is known to show it.
 * @throws GatewayPoolError if it stays where it is.
 */
export async function leaveFormerHolder(
  placement: Placement,
  directory: GatewayDirectory,
): Promise<string | undefined> {
  const { holder, group, signal } = placement;
  if (holder === undefined || isConfigured(directory, holder)) return undefined;
  const begun = Date.now();
  try {
    await directory.clientOf(holder).identify(signal);
    // A configured gateway is the holder under another name: the group stays there.
    if (!(await placement.release(holder))) return await whoShows(group, directory);
  } catch (error) {
    const doubt = doubtOf(error);
    const attemptMs = Date.now() - begun;
    if (doubt === undefined) return undefined;
    const shown = await whoShows(group, directory);
    if (shown !== undefined) return shown;
    if (doubt !== 'proxy' && (await placement.mayLeave(holder, doubt, attemptMs))) return undefined;
    throw placement.failure([holder], error);
  }
  return undefined;
}

/** Undefined: something answered, whatever it was. */
function doubtOf(error: unknown): Doubt | 'proxy' | undefined {
  if (isNobodyThere(error)) return 'refused';
  // For a gateway behind a balancer: as in AddressRoute.
  if (error instanceof GatewayResponseError) return error.status === 504 ? 'silent' : 'unreachable';
  // The group is to leave this gateway anyway. If a proxy gets no connection to it, Prometheus is asked.
  if (error instanceof HttpProxyError) return (error.status ?? 0) >= 500 ? 'unreachable' : 'proxy';
  return failureKind(error) === 'answered' ? undefined : 'silent';
}
