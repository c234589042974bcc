/** Where the values of a job are, as the processes that push it have noted in the store. */
export interface GroupStatus {
  job: string;
  instance: string;
  /**
   * Address of the gateway that has the job's group; behind a load balancer that names its gateways with that name,
   * `http://haproxy:9091#gateway-1`. Undefined for a single gateway, and before the first push.
   */
  holder: string | undefined;
  /** Other gateways that may still have an old copy, which is being removed. With `broadcast` all others. */
  copies: string[];
  /**
   * For how long the holder has not answered, in milliseconds; undefined if it has. Longer than `failoverAfterMs` means
   * that Prometheus still scrapes it, so that values wait for it.
   */
  silentForMs: number | undefined;
  /** When the latest successful push took its turn; undefined if never. */
  pushedAt: Date | undefined;
}
