import { ConfigurationError } from '../../errors/index.js';
import { type Group, groupingLabels, isClassicLabelName, isLabelName, UTF8_NAME } from '../../model/index.js';

/** The labels under which a Pushgateway keeps a group: `job`, and any others such as `instance`. */
export type GroupingKey = { readonly job: string } & Readonly<Record<string, string>>;

/** The grouping key of a group. */
export function groupingKeyOf(group: Group): GroupingKey {
  return { job: group.job, ...Object.fromEntries(groupingLabels(group)) };
}

/**
 * The group's path below a gateway's address: `/metrics/job/<job>{/<label>/<value>}`. Labels are sorted, so that a proxy
 * which chooses a gateway by the path sees one path per group.
 * @param utf8Names Whether labels may have any name in UTF-8. Default: false.
 * @throws ConfigurationError for a label name the gateway refuses and for an empty job.
 */
export function groupingPath(key: GroupingKey, utf8Names = false): string {
  const { job, ...others } = key;
  if (typeof job !== 'string' || job === '') throw new ConfigurationError('Invalid job: expected a name, got none');
  const labels = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
  return `/metrics/${[['job', job] as const, ...labels].map(([name, value]) => segments(name, value, utf8Names)).join('/')}`;
}

const CLASSIC = 'letters, digits and "_", not starting with a digit or';

function segments(label: string, value: string, utf8Names: boolean): string {
  if (!isLabelName(label, utf8Names)) {
    const expected = utf8Names ? `${UTF8_NAME}, not starting with` : CLASSIC;
    throw new ConfigurationError(`Invalid grouping label ${JSON.stringify(label)}: expected ${expected} "__"`);
  }
  if (typeof value !== 'string') {
    throw new ConfigurationError(`Invalid value of grouping label "${label}": expected a string, got ${typeof value}`);
  }
  const text = value.toWellFormed();
  const name = nameSegment(label);
  return survivesAsSegment(text) ? `${name}/${encodeURIComponent(text)}` : `${name}@base64/${base64(text)}`;
}

/** Whether a gateway without UTF-8 names would take the group under another name, and not say so. */
export function isEscaped(label: string): boolean {
  return (
    !isClassicLabelName(label) && (!survivesAsSegment(label) || label.endsWith(BASE64) || label.startsWith(ESCAPED))
  );
}

const BASE64 = '@base64';
/** So begins a name whose signs are replaced by their code points: https://prometheus.io/docs/instrumenting/escaping_schemes/ */
const ESCAPED = 'U__';

function nameSegment(label: string): string {
  return isEscaped(label) ? ESCAPED + Array.from(label, escapedSign).join('') : encodeURIComponent(label);
}

function escapedSign(sign: string, at: number): string {
  if (sign === '_') return '__';
  if (/[a-zA-Z:]/.test(sign) || (at > 0 && /\d/.test(sign))) return sign;
  return `_${(sign.codePointAt(0) as number).toString(16)}_`;
}

/** A gateway splits at an encoded slash too. Empty and dot segments are lost on the way: somebody normalises the path. */
function survivesAsSegment(value: string): boolean {
  return value !== '' && value !== '.' && value !== '..' && !value.includes('/');
}

/** `=` is how the gateway spells an empty value, as a path cannot end in nothing. */
function base64(value: string): string {
  return Buffer.from(value).toString('base64url') || '=';
}
