import { escapeLabelValue, labelNameText } from './names.js';

/** Label values as a caller gives them; a number stands for its decimal text. Without labels, none may be given. */
export type LabelValues<Label extends string = string> = [Label] extends [never]
  ? Readonly<Record<string, never>>
  : Readonly<Record<Label, string | number>>;

/**
 * For `this` of a verb that is called without labels: TypeScript refuses the call on a metric that has some. Where it does not
 * know the labels (`Counter` alone), such a call throws `LabelError`.
 */
export type WithoutLabels<Label extends string> = [Label] extends [never]
  ? unknown
  : {
      readonly [Name in Label as string extends Name ? never : 'labels come first, as in inc({ type: "blue" })']: never;
    };

/**
 * The canonical label set of a series, in the very form the exposition shows between braces: `color="red",type="blue"`.
 * Names are sorted, so that two processes which list them in another order mean the same series. One that is not of the
 * classic form stands between quotes: `"http.method"="GET"`.
 */
export function canonicalLabels(names: readonly string[], values: readonly string[]): string {
  return names
    .map((name, at) => `${labelNameText(name)}="${escapeLabelValue(values[at] as string)}"`)
    .sort()
    .join(',');
}

/** One label and the comma before it, where the one before has ended: whatever the text is, each character is looked at once. */
const LABEL = /,?(?:([a-zA-Z_:][a-zA-Z0-9_:]*)|"([^"\\]*(?:\\.[^"\\]*)*)")="([^"\\]*(?:\\.[^"\\]*)*)"/gy;

/** The labels of a canonical label set, as {@link canonicalLabels} made it, and of a line that begins with one. */
export function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [, name, quoted, value] of text.matchAll(LABEL)) {
    labels[name ?? unescaped(quoted as string)] = unescaped(value as string);
  }
  return labels;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
