/** One value, as a column of the table found it. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
const LABEL = /(?<label>\w+)="(?<text>(?:\\.|[^"\\])*)"/g;

/** Reads an exposition text. Good for the labels of the shop: escapes are left as they are. */
export function parseSamples(text: string, more: Readonly<Record<string, string>> = {}): Sample[] {
  return text.split('\n').flatMap((line) => {
    const { name, labels = '', value } = LINE.exec(line)?.groups ?? {};
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(LABEL)].map(({ groups }) => [groups?.['label'], groups?.['text']] as const);
    return [
      { name, labels: { ...(Object.fromEntries(pairs) as Record<string, string>), ...more }, value: Number(value) },
    ];
  });
}
