const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Whether every version of every server takes the name. */
export function isClassicMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

/** As {@link isClassicMetricName}, of a label. */
export function isClassicLabelName(name: string): boolean {
  return LABEL_NAME.test(name);
}

/** What {@link isUtf8Name} expects. */
export const UTF8_NAME = 'a text without NUL, not empty';

/** Whether servers that take names in UTF-8 take this one. A gateway takes a NUL, and then Prometheus cannot read its page. */
export function isUtf8Name(name: string): boolean {
  return name !== '' && !name.includes('\0') && name.isWellFormed();
}

/** Whether `name` could be a label of a metric or a grouping label; names that are not of the classic form only with `utf8Names`. */
export function isLabelName(name: string, utf8Names = false): boolean {
  return (isClassicLabelName(name) || (utf8Names && isUtf8Name(name))) && !name.startsWith('__');
}

/** The first of the names that is not of the classic form. */
export function utf8NameOf({ name, labelNames }: { name: string; labelNames: readonly string[] }): string | undefined {
  return isClassicMetricName(name) ? labelNames.find((label) => !isClassicLabelName(label)) : name;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** A label value, or a name, as the text format 0.0.4 writes it between quotes. A lone surrogate, which UTF-8 cannot hold, becomes U+FFFD. */
export function escapeLabelValue(text: string): string {
  return text.toWellFormed().replace(/[\\"\n]/g, (character) => ESCAPES[character] as string);
}

/** The name of a metric as it stands after HELP and TYPE: one that is not classic between quotes. */
export function metricNameText(name: string): string {
  return isClassicMetricName(name) ? name : `"${escapeLabelValue(name)}"`;
}

/** The name of a label as it stands before `=`. */
export function labelNameText(name: string): string {
  return isClassicLabelName(name) ? name : `"${escapeLabelValue(name)}"`;
}

/** How a line of a series begins: `name{labels}`, or `{"na.me",labels}`. */
export function seriesText(name: string, labels: string): string {
  if (isClassicMetricName(name)) return labels === '' ? name : `${name}{${labels}}`;
  return `{"${escapeLabelValue(name)}"${labels === '' ? '' : `,${labels}`}}`;
}

/** How a line of a series begins that has labels: `name` and then `{`, or `{"na.me"` and then `,`. */
export function lineOpening(name: string): readonly [text: string, sign: '{' | ','] {
  return isClassicMetricName(name) ? [name, '{'] : [`{${metricNameText(name)}`, ','];
}
