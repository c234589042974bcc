import type { GroupStatus, MetricFamily, PushMode, PushResult, ResolvedDefinition } from '../model/index.js';

/** Reads back what all replicas have counted. Provided by the module. */
export interface MetricReader {
  /** The values of a family under one job, this process's included. */
  family(job: string, definition: ResolvedDefinition): Promise<MetricFamily>;
  /** Exposition text of a job. */
  text(job: string): Promise<string>;
}

/** Brings groups to the gateway. Provided by the module. */
export interface MetricPusher {
  push(job: string, mode: PushMode): Promise<PushResult>;
  announce(job: string, options: { timeoutMs?: number; mode?: PushMode }): Promise<PushResult>;
  delete(job: string): Promise<PushResult>;
  status(job: string): Promise<GroupStatus>;
}
