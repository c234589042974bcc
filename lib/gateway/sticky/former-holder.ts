import { GatewayResponseError, HttpProxyError } from '../../errors/index.js';
import { failureKind, isNobodyThere } from '../client/failure-kind.js';
import { type GatewayDirectory, isConfigured } from '../gateway-directory.js';
import type { Doubt, Placement } from './placement.js';
import { whoShows } from './shown-group.js';

/**
 * Where a group goes whose holder is not configured any more. It is removed there first: of two that show a group, Prometheus
 * would scrape the one after the other. Where it cannot be removed and Prometheus still scrapes it, it stays, as at any other
 * gateway. But that gateway may only have another name by now: then one of those that are configured shows the group.
 * @returns the one that shows it; undefined: none is known to.
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
    // One that is configured is that gateway, by another name: it goes on there.
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
  // Who stands behind a balancer: see AddressRoute.
  if (error instanceof GatewayResponseError) return error.status === 504 ? 'silent' : 'unreachable';
  // It is to be left anyway: where a proxy says that it gets no connection to it, Prometheus is asked.
  if (error instanceof HttpProxyError) return (error.status ?? 0) >= 500 ? 'unreachable' : 'proxy';
  return failureKind(error) === 'answered' ? undefined : 'silent';
}
