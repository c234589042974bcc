import { UNPRINTABLE } from '../errors/printable.js';

const LONGEST_REASON = 500;
/** A page longer than this is not worth searching for its text. */
const LONGEST_PAGE = 20_000;
const BLANKS = new RegExp(`(?:\\s|${UNPRINTABLE.source})+`, 'g');
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
  '#34': '"',
};
/** Elements whose content is not for reading. The end of a head may be left out. */
const UNREAD: Readonly<Record<string, RegExp>> = {
  head: /^\/head\b|^body\b/i,
  script: /^\/script\b/i,
  style: /^\/style\b/i,
};

/** Another server's text as one short line for an error message: no HTML, no control characters, no secrets. */
export function readableText(text: string, secrets: readonly string[]): string {
  let line = text.slice(0, LONGEST_PAGE);
  if (/^\s*<(!doctype|html|head|body|\?xml)/i.test(line)) line = withoutMarkup(line);
  for (const secret of secrets) line = line.replaceAll(secret, '***');
  line = line.replace(BLANKS, ' ').trim();
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON).toWellFormed()}...` : line;
}

/** Looks at each character once, whatever a server sends: a pattern that has to find the end of each tag may look 20,000 times. */
function withoutMarkup(page: string): string {
  let until: RegExp | undefined;
  let text = '';
  for (const part of page.split('<')) {
    if (until !== undefined && !until.test(part)) continue;
    until = UNREAD[/^[a-z]+/i.exec(part)?.[0].toLowerCase() ?? ''];
    if (until === undefined) text += ` ${part.slice(part.indexOf('>') + 1)}`;
  }
  return text.replace(/&(#?\w{1,6});/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
