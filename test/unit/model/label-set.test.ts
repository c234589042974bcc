import { canonicalLabels, escapeLabelValue, groupingLabels, parseLabels } from '../../../lib/model/index.js';

const HOSTILE: Record<string, string> = {
  empty: '',
  quotes: 'say "hi"',
  'a quote alone': '"',
  'a backslash at the end': 'C:\\',
  'two backslashes': '\\\\',
  'a backslash before a quote': '\\"',
  'a backslash before an n': '\\n',
  'a line break': 'a\nb',
  'a line break after a backslash': 'a\\\nb',
  'CR and CRLF': 'a\rb\r\nc',
  'line separators': 'a\u2028b\u2029c\u0085d',
  'a backslash before a line separator': '\\\u2028',
  NUL: '\u0000',
  emoji: '\u{1f600}\u{1f468}\u200d\u{1f469}',
  'right to left': '\u202eabc',
  'what looks like another label': '",evil="1',
  'what looks like the end of the line': '"} 5\nother 1',
  braces: '{}',
  __proto__: '__proto__',
  spaces: '  ',
};

describe('escapeLabelValue', () => {
  it('escapes backslash, quote and line break, and nothing else', () => {
    expect(escapeLabelValue('a\\b"c\nd\re\tf{}=,')).toBe('a\\\\b\\"c\\nd\re\tf{}=,');
  });

  it('replaces a lone surrogate by U+FFFD, and keeps pairs', () => {
    expect(escapeLabelValue('a\ud800b\udc00c\u{1f600}')).toBe('a\ufffdb\ufffdc\u{1f600}');
  });
});

describe('canonicalLabels', () => {
  it('is empty without labels', () => {
    expect(canonicalLabels([], [])).toBe('');
  });

  it('writes labels as the exposition does', () => {
    expect(canonicalLabels(['type', 'color'], ['blue "x"', 'a\\b'])).toBe('color="a\\\\b",type="blue \\"x\\""');
  });

  it('is the same for every order of the names, whatever the values', () => {
    const names = ['a', 'a1', 'a_', 'A', 'ab'];
    const values = ['5', '"', '~', ' ', ''];
    const expected = canonicalLabels(names, values);
    for (let turn = 1; turn < names.length; turn += 1) {
      const turned = <T>(list: T[]): T[] => [...list.slice(turn), ...list.slice(0, turn)];
      expect(canonicalLabels(turned(names), turned(values))).toBe(expected);
    }
    expect(canonicalLabels(['a_', 'a', 'a1'], ['1', '2', '3'])).toBe('a1="3",a="2",a_="1"');
  });
});

describe('parseLabels', () => {
  it.each(Object.entries(HOSTILE))('brings %s back', (_, value) => {
    const text = canonicalLabels(['first', 'x', 'zlast'], ['a', value, value]);
    expect(Object.entries(parseLabels(text))).toEqual([
      ['first', 'a'],
      ['x', value],
      ['zlast', value],
    ]);
  });

  it.each(Object.entries(HOSTILE).filter(([, name]) => name !== '' && !name.startsWith('__')))(
    'brings %s back as a name',
    (_, name) => {
      const text = canonicalLabels(['first', name, 'zlast'], ['a', name, 'z']);
      expect(Object.entries(parseLabels(text)).sort(([a], [b]) => (a < b ? -1 : 1))).toEqual(
        [
          ['first', 'a'],
          [name, name],
          ['zlast', 'z'],
        ].sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      );
      // So it stands in Redis, and on the page of a gateway: `a:b` without quotes there.
      expect(parseLabels(`${text},a:b="x"} 5`)).toMatchObject({ 'a:b': 'x' });
    },
  );

  it('puts names between quotes only if they are not classic', () => {
    expect(canonicalLabels(['type', 'http.method', 'a:b', '1st', '_', 'ä'], ['1', '2', '3', '4', '5', '6'])).toBe(
      '"1st"="4","a:b"="3","http.method"="2","ä"="6",_="5",type="1"',
    );
  });

  it('brings names back that objects inherit, as properties of their own', () => {
    const names = ['constructor', 'hasOwnProperty', 'toString', 'valueOf'];
    const labels = parseLabels(canonicalLabels(names, names));
    expect(Object.entries(labels)).toEqual(names.map((name) => [name, name]));
  });

  it('inherits nothing, so that a label called __proto__ would be one like any other', () => {
    expect(Object.entries(parseLabels('__proto__="x"'))).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(parseLabels(''))).toBeNull();
  });

  it('reads no labels from no text', () => {
    expect(Object.entries(parseLabels(''))).toEqual([]);
  });

  it('reads a value of a megabyte', () => {
    const value = '\\"\n'.repeat(350_000);
    expect(parseLabels(canonicalLabels(['x'], [value]))['x'] === value).toBe(true);
  });
});

describe('groupingLabels', () => {
  it('begins with the job and the instance, then has the further labels by name', () => {
    const labels = { zone: 'b', area: 'a', Zone: 'c' };
    expect(groupingLabels({ job: 'shop', instance: 'host', labels })).toEqual([
      ['job', 'shop'],
      ['instance', 'host'],
      ['Zone', 'c'],
      ['area', 'a'],
      ['zone', 'b'],
    ]);
  });

  it('needs no further labels', () => {
    expect(groupingLabels({ job: 'shop', instance: 'host', labels: {} })).toEqual([
      ['job', 'shop'],
      ['instance', 'host'],
    ]);
  });
});
