import { gzipSync } from 'node:zlib';
import { pageSource } from '../../../lib/console/page-source.js';
import { visible } from '../../../lib/console/page/shown-text.js';

describe('the page', () => {
  it('is under 150 KB, compressed', () => {
    const { js, css } = pageSource();
    expect(gzipSync(js).length + gzipSync(css).length).toBeLessThan(150 * 1024);
  });

  it('asks nobody but the application', () => {
    const { js, css } = pageSource();
    const addresses = `${js}${css}`.match(/https?:\/\/[^"'`\s)]+/g) ?? [];
    // Names of SVG and MathML, which nobody loads.
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
    expect(js).not.toMatch(/\beval\(|new Function\(/);
  });

  it('shows characters that could deceive', () => {
    expect(visible('a\u0000b\u001b[31m\u202egpj.exe\u200b é 漢 👍')).toBe(
      'a\\u0000b\\u001b[31m\\u202egpj.exe\\u200b é 漢 👍',
    );
  });
});
