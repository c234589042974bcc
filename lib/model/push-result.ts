/** What became of one push of one group. */
export interface PushResult {
  job: string;
  instance: string;
  /**
   * Address of the gateway that took the push, or of the one that failed. Behind a load balancer that names its gateways:
   * the balancer's address and that name, `http://haproxy:9091#gateway-1`.
   */
  gateway: string;
  /** Every gateway that was asked, {@link gateway} first; with `broadcast` every one that took it; else all that are configured. */
  gateways: string[];
  outcome: 'pushed' | 'skipped' | 'failed';
  /** Series that went over; a histogram or summary child counts once. */
  series: number;
  /** Size of the exposition text, before compression. */
  bytes: number;
  durationMs: number;
  /** Why it was skipped, what some of several gateways missed, or the message of {@link error}. */
  reason?: string;
  /** Why it failed. */
  error?: Error;
}
