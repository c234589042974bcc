/** What became of one push of one group. */
export interface PushResult {
  job: string;
  instance: string;
  /** Address of the gateway that took the push; when it failed, the first configured one: `reason` names the one that failed. */
  gateway: string;
  /** Every gateway that was asked, {@link gateway} first; when it failed, every one that is configured. */
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
