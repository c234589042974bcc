import { Document, type Node, Scalar, visit, YAMLMap, YAMLSeq } from 'yaml';
import { printable, printableLines } from '../errors/printable.js';

/** What a document holds. A name whose value is undefined is left out. */
export type Yaml =
  string | boolean | Commented | YAMLSeq | readonly Yaml[] | { readonly [name: string]: Yaml | undefined };

/** A value with what stands before it, or before its name. */
class Commented {
  constructor(
    readonly comment: string,
    readonly value: Yaml,
    readonly isApart = false,
  ) {}
}

/** A short list, in one line. */
export function inline(...items: string[]): YAMLSeq {
  const list = new YAMLSeq();
  list.items = items.map((item) => new Scalar(item));
  list.flow = true;
  return list;
}

/** A value after a comment of one or more lines. */
export const commented = (comment: string, value: Yaml): Commented => new Commented(comment, value);

/** A value after an empty line, and after a comment if there is one. */
export const apart = (value: Yaml, comment = ''): Commented => new Commented(comment, value, true);

/** The text of a document, control characters escaped. */
export function yaml(root: Yaml, last = ''): string {
  const document = new Document(nodeOf(root), { compat: 'yaml-1.1' });
  if (last !== '') document.comment = commentOf(last);
  visit(document, { Scalar: (_, scalar) => void (scalar.type = styleOf(scalar.value)) });
  return printableLines(document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false }));
}

function nodeOf(value: Yaml): Node {
  if (value instanceof Commented) return nodeOf(value.value);
  if (value instanceof YAMLSeq) return value;
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    for (const item of value as readonly Yaml[]) list.add(placed(nodeOf(item), item));
    return list;
  }
  if (typeof value !== 'object') return new Scalar(value);
  const map = new YAMLMap();
  for (const [name, held] of Object.entries(value)) {
    if (held !== undefined) map.add({ key: placed(new Scalar(name), held), value: nodeOf(held) });
  }
  return map;
}

/** The node, after the comment of what it stands for. */
function placed(node: Node, value: Yaml): Node {
  if (!(value instanceof Commented)) return node;
  if (value.comment !== '') node.commentBefore = commentOf(value.comment);
  node.spaceBefore = value.isApart;
  return node;
}

const commentOf = (text: string): string => text.replaceAll(/^/gm, ' ');

/** Text of several lines keeps its lines. Control characters are escaped, which only double quotes allow. */
function styleOf(value: unknown): Scalar.Type {
  if (typeof value !== 'string' || printable(value) === value) return 'PLAIN';
  return printableLines(value) === value ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
}

/** Seconds as Prometheus writes a duration: `15s`, `1500ms`. */
export function duration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}
