import { readableText } from '../../../lib/http/readable-text.js';

/** Quickest of ten: what else the machine does falls away. */
function millisecondsFor(text: string): number {
  const times = Array.from({ length: 10 }, () => {
    const begun = performance.now();
    readableText(text, ['s3cret']);
    return performance.now() - begun;
  });
  return Math.min(...times);
}

/** A pattern that looks for the end of each tag took over a thousand times as long as for words. */
it.each(['<', '<a', '<head ', '<script>', '</', '&', '&amp', ' ', '<!--', '\u001b'])(
  'takes no longer for a page of %j than its length asks for',
  (piece) => {
    const page = `<html>${piece.repeat(20_000)}`;
    expect(millisecondsFor(page)).toBeLessThan(50 * millisecondsFor(`<html>${'word '.repeat(4_000)}`) + 5);
  },
);

it.each([
  ['<html><head><title>t</title><body><h1>502</h1>', '502'],
  ['<html><head><style>a > b {}</style></head><body>one<br>two</body>', 'one two'],
  ['<!DOCTYPE html><p>3 &lt; 4 &amp;amp; 5 &unknown;</p>', '3 < 4 &amp; 5 &unknown;'],
  ['<html><script>if (a < b) { x() }</script>text', 'text'],
  ['<html><HEADER>top</HEADER> <Head>no</HEAD>yes', 'top yes'],
  ['<html><head>never closed', ''],
  ['<a> is no page', '<a> is no page'],
])('gives of %j what is to be read: %j', (page, text) => {
  expect(readableText(page, [])).toBe(text);
});

it('gives nothing that a terminal obeys', () => {
  expect(readableText('a\u001b[31mb\u009b2Jc\u202ed\u0085e\r\nf\u007fg', [])).toBe('a [31mb 2Jc d e f g');
});
