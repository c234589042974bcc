/** Where the values of a job are, as the processes that push it have noted in the store. */
export interface GroupStatus {
  /** Whose group it is: the value of the label `job`. */
  job: string;
  /** The value of the label `instance`. */
  instance: string;
  /**
   * Address of the gateway that has the job's group; behind a load balancer that names its gateways with that name,
   * `http://haproxy:9091#gateway-1`. Undefined before the first push.
   */
  holder: string | undefined;
  /**
   * Other gateways that may still have an old copy, which is being removed. With `broadcast` all others. Before the first push
   * of a job that the store does not know, and after it was emptied, that may be every gateway.
   */
  copies: string[];
  /**
   * Of {@link copies} those at whose address nobody answers, and for how long, in milliseconds. One that is not configured any
   * more is forgotten after an hour of that.
   */
  unreachableForMs: Record<string, number>;
  /** Gateways whose copy was forgotten without having been removed, since nobody had answered there for an hour, and when. */
  forgotten: Record<string, Date>;
  /**
   * For how long the holder has not answered, in milliseconds; undefined if it has. Of several gateways, longer than
   * `failoverAfterMs` means that Prometheus still scrapes it, so that values wait for it.
   */
  silentForMs: number | undefined;
  /** When the latest successful push took its turn; undefined if never. */
  pushedAt: Date | undefined;
  /** Of each metric that processes define in different ways what is shown and what waits. Usually empty. */
  contested: string[];
}
