import { cut, padded, textWidth } from '../../../../lib/cli/screen/text-width.js';
import { table } from '../../../../lib/cli/screen/table.js';

const PIPE = { write: () => undefined };
const terminal = (columns: number) => ({ isTTY: true, columns, write: () => undefined });
const COLUMNS = [{ title: 'route' }, { title: 'country' }, { title: 'value', isNumber: true }];

beforeEach(() => {
  jest.replaceProperty(process, 'env', { TERM: 'xterm' });
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('textWidth', () => {
  it.each([
    ['orders', 6],
    ['', 0],
    ['日本語', 6],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['naïve', 5],
    ['nai\u0308ve', 5],
    ['🙂', 2],
    ['👨‍👩‍👧‍👦!', 3],
    ['❤️', 2],
    ['a\u200bb', 2],
    ['Привет', 6],
    ['…▁█', 3],
  ])('is that of a terminal: %j', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('cut and padded', () => {
  it('keep to columns, and to whole characters', () => {
    expect(cut('orders', 6)).toBe('orders');
    expect(cut('orders', 5)).toBe('orde…');
    expect(cut('日本語', 5)).toBe('日本…');
    expect(cut('日本語', 4)).toBe('日…');
    expect(cut('nai\u0308ve text', 4)).toBe('nai\u0308…');
    expect(cut('orders', 1)).toBe('…');
    expect(cut('orders', 0)).toBe('');
    expect(padded('日本', 6, 'right')).toBe('日本  ');
    expect(padded('12', 4, 'left')).toBe('  12');
    expect(padded('long', 2, 'left')).toBe('long');
  });
});

describe('table', () => {
  const rows = [
    ['/orders/with/a/long/route', 'jp 日本', '12'],
    ['/', 'de', '3.5'],
  ];

  it('has columns below their titles, numbers at the right', () => {
    expect(table(COLUMNS, rows, PIPE)).toBe(
      [
        'ROUTE                      COUNTRY  VALUE\n',
        '/orders/with/a/long/route  jp 日本     12\n',
        '/                          de         3.5\n',
      ].join(''),
    );
  });

  it('cuts the widest column until a terminal has room for all', () => {
    const text = table(COLUMNS, rows, terminal(30));
    expect(text).toBe(
      ['ROUTE           COUNTRY  VALUE\n', '/orders/with/…  jp 日本     12\n', '/               de         3.5\n'].join(
        '',
      ),
    );
    for (const line of text.trimEnd().split('\n')) expect(textWidth(line)).toBe(30);
  });

  it('does not cut to nothing where there is no room at all', () => {
    expect(table(COLUMNS, rows, terminal(10)).split('\n')[1]).toBe('/orde…  jp 日…     12');
  });

  it('never cuts a number, and what is to be whole only after all else', () => {
    const columns = [{ title: 'name', isWhole: true }, { title: 'text' }, { title: 'value', isNumber: true }];
    const row = ['a_long_name', 'a long text', '123456789012'];
    expect(table(columns, [row], terminal(33)).split('\n')[1]).toBe('a_long_name  a lon…  123456789012');
    expect(table(columns, [row], terminal(31)).split('\n')[1]).toBe('a_long_n…  a lon…  123456789012');
    expect(table(columns, [row], terminal(5)).split('\n')[1]).toBe('a_lon…  a lon…  123456789012');
  });

  it('shows no terminal what controls one', () => {
    const text = table([{ title: 'a' }], [['\u001b[31mred\u0007\n\u009b2J']], terminal(80));
    expect(text).toBe('A\n\\u001b[31mred\\u0007\\u000a\\u009b2J\n');
  });

  it('colours a cell, without spaces counted as letters', () => {
    const cells = [[{ text: 'orphan', colour: 'yellow' as const }, 'x']];
    const columns = [{ title: 'state of it' }, { title: 'b' }];
    expect(table(columns, cells, terminal(80)).split('\n')[1]).toBe('\u001b[33morphan     \u001b[39m  x');
    expect(table(columns, cells, PIPE).split('\n')[1]).toBe('orphan       x');
  });
});
