import { anyOf } from '../model/index.js';
import { apart, commented, duration, type Yaml, yaml } from './yaml.js';

/** A batch job that is overdue some time after its last success. */
export interface WatchedBatchJob {
  readonly name: string;
  readonly overdueAfterSeconds: number;
}

const LAST_SUCCESS = 'batch_job_last_success_timestamp_seconds';

const ABOUT = `\
Batch jobs that have not succeeded for too long, as @BatchJob({ overdueAfterSeconds }) in the code says. Make this file again
when that changes.`;

const ABOUT_NEVER = 'It has never succeeded, or what it pushed is gone.';

/** The whole of an `alerts.yml`: two alerts for each batch job. */
export function batchAlerts(jobs: readonly string[], batchJobs: readonly WatchedBatchJob[]): string {
  const rules = batchJobs.flatMap(({ name, overdueAfterSeconds }) => {
    const series = `${LAST_SUCCESS}{${anyOf('batch_job', [name])}, ${anyOf('job', jobs)}} > 0`;
    const tooLong = duration(overdueAfterSeconds);
    return [
      apart(alert('BatchJobOverdue', `time() - (${series}) > ${overdueAfterSeconds}`, name, tooLong), name),
      commented(ABOUT_NEVER, alert('BatchJobNeverSucceeded', `absent(${series})`, name, tooLong, tooLong)),
    ];
  });
  return yaml({ groups: commented(ABOUT, [{ name: 'pushgateway-batch-jobs', rules }]) });
}

function alert(name: string, expr: string, batchJob: string, tooLong: string, pending?: string): Yaml {
  return {
    alert: name,
    expr,
    for: pending,
    labels: { batch_job: asTemplate(batchJob), severity: 'warning' },
    annotations: { summary: `Batch job ${asTemplate(batchJob)} has not succeeded for ${tooLong}` },
  };
}

/** A text in a template of Prometheus that comes out as it is. */
function asTemplate(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}
