/** What became of one push of one group. */
export interface PushResult {
  job: string;
  instance: string;
  /** Address of the gateway that took the push; of the one that was asked, when it failed. */
  gateway: string;
  /** Every gateway that was asked, {@link gateway} first. */
  gateways: string[];
  outcome: 'pushed' | 'skipped' | 'failed';
  /** Series that went over; a histogram or summary child counts once. */
  series: number;
  /** Size of the exposition text, before compression. */
  bytes: number;
  durationMs: number;
  /** Why it was skipped, or the message of {@link error}. */
  reason?: string;
  /** Why it failed. */
  error?: Error;
}
