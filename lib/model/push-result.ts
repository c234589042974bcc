/** What became of one push of one group. */
export interface PushResult {
  /** Whose group it is: the value of the label `job`. */
  job: string;
  /** The value of the label `instance`. */
  instance: string;
  /**
   * Address of the gateway that took the push, or of the one that failed. Behind a load balancer that names its gateways:
   * the balancer's address and that name, `http://haproxy:9091#gateway-1`.
   */
  gateway: string;
  /** Every gateway that was asked, {@link gateway} first; with `broadcast` every one that took it; else all that are configured. */
  gateways: string[];
  /** `'skipped'`: another replica pushed it meanwhile, or there was nothing to do; {@link reason} says which. */
  outcome: 'pushed' | 'skipped' | 'failed';
  /** Series that were sent; a histogram or summary child counts once. */
  series: number;
  /** Size of the exposition text in bytes, before compression. */
  bytes: number;
  /** From the call to the end, in milliseconds; waiting for the turn included. */
  durationMs: number;
  /** Why it was skipped, what some of several gateways missed, what text left out, or the message of {@link error}. */
  reason?: string;
  /** Why it failed. */
  error?: Error;
}
