const LONGEST_REASON = 500;
/** A page longer than this is not worth searching for its text. */
const LONGEST_PAGE = 20_000;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
  '#34': '"',
};

/** Another server's text as one short line for an error message: no HTML, no control characters, no secrets. */
export function readableText(text: string, secrets: readonly string[]): string {
  let line = text.slice(0, LONGEST_PAGE);
  if (/^\s*<(!doctype|html|head|body|\?xml)/i.test(line)) line = withoutMarkup(line);
  for (const secret of secrets) line = line.replaceAll(secret, '***');
  // eslint-disable-next-line no-control-regex -- these are what must not reach a log
  line = line.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON).toWellFormed()}...` : line;
}

function withoutMarkup(page: string): string {
  return page
    .replace(/<(head|script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(#?\w{1,6});/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
