import type { Group, PushMode } from '../model/index.js';
import type { Ledger } from '../store/index.js';
import type { BothFormats, ExpositionText } from './client/exposition-body.js';

/** One push of one group. */
export interface GroupPush {
  readonly group: Group;
  /** What it shows. */
  readonly text: ExpositionText | BothFormats;
  readonly mode: PushMode;
  /** Proves that it is the caller's turn to push the group. */
  readonly turn: string;
  /** Where the group was when the turn was taken. Default: it is asked for. */
  readonly ledger?: Ledger;
  /** Called at each gateway before the last bytes of the text go: what it throws ends the push there. Default: nothing. */
  readonly beforeEnd?: () => Promise<void>;
  /** Gives the push up when it is aborted; that does not mean that the gateway failed. */
  readonly signal?: AbortSignal;
}

/** Which gateways were concerned. */
export interface PoolAnswer {
  /** The gateway that did it; the first of several. */
  readonly gateway: string;
  /** Every gateway that was asked, {@link gateway} first. */
  readonly gateways: readonly string[];
  /** Gateways that did not take the push while others did, and why. Default: none. */
  readonly missed?: readonly PoolFailure[];
}

export interface PoolFailure {
  readonly gateway: string;
  readonly error: Error;
}

/** No gateway did what was asked. `cause` is what a `PushgatewayClient` threw; the message may say more. */
export class GatewayPoolError extends Error {
  override readonly cause: Error;

  constructor(
    /** Every gateway that was asked. {@link cause} comes from the first. */
    readonly gateways: readonly [string, ...string[]],
    cause: unknown,
    /** Why the group did not go to another gateway, if that needs words. */
    why?: string,
  ) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    super(why === undefined ? error.message : `${error.message}; ${why}`, { cause: error });
    this.cause = error;
  }
}

/**
 * Nothing was done: the group is on a gateway that this process has not configured, and another living process has. The
 * message says so, for people.
 */
export class HeldElsewhereError extends Error {}

/** Told of what becomes of groups, for logs and metrics. */
export interface PoolListener {
  /** A group has left a gateway. */
  moved(group: Group, from: string, to: string): void;
  /**
   * Values of a group wait for a gateway that is out of reach and still scraped, for this many milliseconds by now; 0: not any
   * longer.
   */
  delayed(group: Group, gateway: string, silentMs: number): void;
}

/**
 * Where groups are pushed to: one gateway or several. Its methods throw {@link GatewayPoolError} once no gateway did what
 * was asked, `PushLockError` when another process has taken the turn over, and {@link HeldElsewhereError}.
 */
export interface GatewayPool {
  /** Addresses of all its gateways, without credentials. */
  readonly addresses: readonly string[];
  /** Nothing is sent: a test only notes what would be. Default false. */
  readonly isRecording?: boolean;
  push(push: GroupPush): Promise<PoolAnswer>;
  /** Removes the group; fine if there is none. */
  delete(group: Group): Promise<PoolAnswer>;
  /** Why the group is left to other processes that have other gateways; undefined if it is not. Default: it never is. */
  heldElsewhere?(group: Group): Promise<string | undefined>;
  /** Takes up what an earlier process may have left undone, in the background; its failures are not reported. */
  resume(groups: readonly Group[]): void;
  /** Ends what it does in the background. */
  close(): void;
}
