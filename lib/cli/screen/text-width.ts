const ASCII = /^[\u0020-\u007e]*$/;
/** What stands in two columns of a terminal: East Asian letters and signs, and pictures. */
const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u;
/** What takes no column: accents that combine, joiners. */
const NOTHING = /^[\p{M}\p{Cf}]+$/u;

let graphemes: Intl.Segmenter | undefined;

/** How many columns a terminal needs for a text without control characters. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return charactersOf(text).reduce((sum, character) => sum + characterWidth(character), 0);
}

/** A text of at most so many columns: what is longer ends in `…`. */
export function cut(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let left = columns - 1;
  let kept = '';
  for (const character of charactersOf(text)) {
    if ((left -= characterWidth(character)) < 0) break;
    kept += character;
  }
  return columns < 1 ? '' : `${kept}…`;
}

/** With spaces, to so many columns. */
export function padded(text: string, columns: number, side: 'left' | 'right'): string {
  const spaces = ' '.repeat(Math.max(0, columns - textWidth(text)));
  return side === 'left' ? spaces + text : text + spaces;
}

/** As people count them: an accent belongs to its letter. */
function charactersOf(text: string): string[] {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return [...graphemes.segment(text)].map(({ segment }) => segment);
}

function characterWidth(character: string): number {
  if (NOTHING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
