import fc from 'fast-check';
import { parse } from 'yaml';
import { UNPRINTABLE } from '../../../lib/errors/printable.js';
import { apart, commented, inline, yaml } from '../../../lib/rules/yaml.js';

describe('yaml', () => {
  it('stands comments and empty lines before what they are about', () => {
    const list = apart([commented('An item.', 'a'), { of: inline('b', 'c'), no: undefined }], 'One line.\n\nAnother.');
    expect(yaml({ first: commented('At the top.', true), list }, 'The end.')).toBe(`\
# At the top.
first: true

# One line.
#
# Another.
list:
  # An item.
  - a
  - of: [b, c]

# The end.
`);
  });

  it('is read as what was written, by YAML 1.1 and 1.2, and sends a terminal nothing to obey', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'yes',
        'null',
        '1:20',
        '0x1f',
        '1e3',
        '~',
        '# x',
        'a: b',
        ' a\n b\n\n',
        "o'neil",
        '\u001b[2J\n\u202e',
      ),
    );
    fc.assert(
      fc.property(text, text, (name, value) => {
        const content = { [`a${name}`]: value, list: [value, { value }], short: [value] };
        const written = yaml({ ...content, short: inline(value) });
        expect(written.replaceAll('\n', '')).not.toMatch(new RegExp(UNPRINTABLE));
        for (const version of ['1.1', '1.2'] as const) expect(parse(written, { version })).toEqual(content);
      }),
      { numRuns: 500 },
    );
  });
});
