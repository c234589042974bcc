/** A batch job of the code that is loaded, whether or not this process runs it. */
export interface DeclaredBatchJob {
  /** Value of the label `batch_job`. */
  readonly name: string;
  /** How long after its last success it is overdue, in seconds; undefined: nobody has said. */
  readonly overdueAfterSeconds: number | undefined;
}

const declared = new Map<string, DeclaredBatchJob>();

export function declareBatchJob(job: DeclaredBatchJob): void {
  declared.set(job.name, job);
}

export function declaredBatchJobs(): DeclaredBatchJob[] {
  return [...declared.values()];
}
