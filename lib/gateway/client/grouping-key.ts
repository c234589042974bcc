import { ConfigurationError } from '../../errors/index.js';
import { type Group, groupingLabels } from '../../model/index.js';

/** The labels under which a Pushgateway keeps a group: `job`, and any others such as `instance`. */
export type GroupingKey = { readonly job: string } & Readonly<Record<string, string>>;

/** The grouping key of a group. */
export function groupingKeyOf(group: Group): GroupingKey {
  return { job: group.job, ...Object.fromEntries(groupingLabels(group)) };
}

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * The group's path below a gateway's address: `/metrics/job/<job>{/<label>/<value>}`. Labels are sorted, so that a proxy
 * which chooses a gateway by the path sees one path per group.
 * @throws ConfigurationError for a label name the gateway refuses and for an empty job.
 */
export function groupingPath(key: GroupingKey): string {
  const { job, ...others } = key;
  if (typeof job !== 'string' || job === '') throw new ConfigurationError('Invalid job: expected a name, got none');
  const labels = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
  return `/metrics/${[['job', job] as const, ...labels].map(([name, value]) => segments(name, value)).join('/')}`;
}

function segments(name: string, value: string): string {
  if (!LABEL_NAME.test(name)) {
    throw new ConfigurationError(
      `Invalid grouping label ${JSON.stringify(name)}: expected letters, digits and "_", not starting with a digit or "__"`,
    );
  }
  if (typeof value !== 'string') {
    throw new ConfigurationError(`Invalid value of grouping label "${name}": expected a string, got ${typeof value}`);
  }
  const text = value.toWellFormed();
  return survivesAsSegment(text) ? `${name}/${encodeURIComponent(text)}` : `${name}@base64/${base64(text)}`;
}

/** A gateway splits at an encoded slash too. Empty and dot segments are lost on the way: somebody normalises the path. */
function survivesAsSegment(value: string): boolean {
  return value !== '' && value !== '.' && value !== '..' && !value.includes('/');
}

/** `=` is how the gateway spells an empty value, as a path cannot end in nothing. */
function base64(value: string): string {
  return Buffer.from(value).toString('base64url') || '=';
}
