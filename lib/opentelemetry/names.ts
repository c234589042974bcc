/** Names as OpenTelemetry's rules for Prometheus make them: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/. */

/** What a metric is to its name. `sum`: it goes up and down. */
export type Kind = 'counter' | 'sum' | 'gauge' | 'histogram';

/** Units of UCUM, as OpenTelemetry writes them. */
const UNITS: Readonly<Record<string, string>> = {
  ...{ d: 'days', h: 'hours', min: 'minutes', s: 'seconds', ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds' },
  ...{ By: 'bytes', KiBy: 'kibibytes', MiBy: 'mebibytes', GiBy: 'gibibytes', TiBy: 'tebibytes' },
  ...{ kBy: 'kilobytes', KBy: 'kilobytes', MBy: 'megabytes', GBy: 'gigabytes', TBy: 'terabytes' },
  ...{ m: 'meters', V: 'volts', A: 'amperes', J: 'joules', W: 'watts', g: 'grams' },
  ...{ Cel: 'celsius', Hz: 'hertz', '1': '', '%': 'percent' },
};

const PER_UNITS: Readonly<Record<string, string>> = {
  ...{ s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' },
};

/** `http.server.request.duration` in `s` becomes `http_server_request_duration_seconds`; counters end with `_total`. */
export function metricName(name: string, unit: string, kind: Kind): string {
  let parts = name.split(/[^a-zA-Z0-9:]+/).filter((part) => part !== '');
  for (const part of unitParts(unit)) if (!parts.includes(part)) parts.push(part);
  const ending = kind === 'counter' ? 'total' : kind === 'gauge' && unit === '1' ? 'ratio' : undefined;
  if (ending !== undefined) parts = [...parts.filter((part) => part !== ending), ending];
  const joined = parts.join('_');
  return /^[0-9]/.test(joined) ? `_${joined}` : joined;
}

/** `By/s` becomes `bytes` and `per_second`. What stands in braces is no unit. */
function unitParts(unit: string): string[] {
  const slash = unit.indexOf('/');
  const [main, per] = slash < 0 ? [unit, ''] : [unit.slice(0, slash), unit.slice(slash + 1)];
  const mainPart = isAnnotation(main) ? '' : (UNITS[main.trim()] ?? main);
  const perPart = isAnnotation(per) ? '' : (PER_UNITS[per.trim()] ?? per);
  return [cleaned(mainPart), perPart === '' ? '' : `per_${cleaned(perPart)}`].filter((part) => !/^(per_)?$/.test(part));
}

function isAnnotation(unit: string): boolean {
  return /[{}]/.test(unit);
}

function cleaned(text: string): string {
  return text.replace(/[^a-zA-Z0-9:]+/g, '_').replace(/^_|_$/g, '');
}

/** `http.request.method` becomes `http_request_method`. */
export function labelName(attribute: string): string {
  const name = attribute.replace(/[^a-zA-Z0-9]+/g, '_');
  return /^[0-9]/.test(name) ? `key_${name}` : name;
}
