import type { Reading } from '../../../demo/read-columns.js';
import { colored, legend, plain, renderTable, wrap } from '../../../demo/render-table.js';

const reading: Reading = {
  titles: ['in Redis', 'Prometheus 1', 'Prometheus 2', 'Prometheus 3'],
  lines: [
    { title: 'http_request_duration_seconds_count', happened: 123_456, values: [123_456, 123_450, undefined, 123_456] },
    { title: 'queue_depth', happened: 1, values: [1, 1, 1, 1] },
  ],
  problems: [],
};

describe('the table of the demo', () => {
  it.each([70, 100, 150])('fits a terminal of %d columns, with every value', (columns) => {
    const lines = renderTable(reading, plain, columns);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    const text = lines.join('\n');
    for (const title of ['happened', ...reading.titles]) expect(text).toContain(title);
    expect(text).toMatch(/http_request_duration_seconds_count\s+123456\s+123456\s+\*123450\s+\*-\s+123456/);
    expect(lines).toHaveLength(columns < 97 ? 5 : 3);
  });

  it('marks what is on its way with colours, or a star where there are none, and says so', () => {
    const [, row = ''] = renderTable(reading, colored, 150);
    expect(row).toContain('\u001b[33m        123450\u001b[0m');
    expect(row).not.toContain('*');
    expect(legend(colored)).toContain('yellow: still on its way');
    expect(legend(plain)).toContain('*: still on its way');
  });

  it('grows with its numbers', () => {
    const huge = { ...reading, lines: [{ title: 'x', happened: 1e15, values: [1e15, 1e15, 1e15, 1e15] }] };
    expect(renderTable(huge, plain)[1]).toBe(
      'x  1000000000000000  1000000000000000  1000000000000000  1000000000000000  1000000000000000',
    );
  });
});

describe('a text below the table', () => {
  it.each([
    ['a short text', 20, ['a short text']],
    ['one two three', 8, ['one two', 'three']],
    ['see http://127.0.0.1:12345/', 10, ['see', 'http://127', '.0.0.1:123', '45/']],
  ])('is broken, not cut: %s', (text, columns, expected) => {
    expect(wrap(text, columns)).toEqual(expected);
  });
});
