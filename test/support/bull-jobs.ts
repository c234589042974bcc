/** What the jobs of `processes/bull-workers.ts` do. */
export interface OrderJob {
  /** So many attempts fail. */
  readonly fails: number;
  /** It never ends, in processes that hold jobs. */
  readonly holds?: boolean;
}
