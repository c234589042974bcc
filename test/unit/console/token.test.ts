import { Tokens } from '../../../lib/console/http/token.js';

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

describe('tokens of page loads', () => {
  it('are valid for twelve hours, each another one', () => {
    const tokens = new Tokens();
    const token = tokens.issue(NOW);
    expect(tokens.issue(NOW)).not.toBe(token);
    expect(tokens.isValid(token, NOW)).toBe(true);
    expect(tokens.isValid(token, NOW + 12 * HOUR)).toBe(true);
    expect(tokens.isValid(token, NOW + 12 * HOUR + 1)).toBe(false);
    expect(tokens.isValid(token, NOW - HOUR)).toBe(false);
  });

  it('are those of this process, or of those with its secret', () => {
    const token = new Tokens('one').issue(NOW);
    expect(new Tokens('one').isValid(token, NOW)).toBe(true);
    expect(new Tokens('other').isValid(token, NOW)).toBe(false);
    expect(new Tokens().isValid(new Tokens().issue(NOW), NOW)).toBe(false);
  });

  it('cannot be made up', () => {
    const tokens = new Tokens();
    const [issued, nonce, signature] = tokens.issue(NOW).split('.') as [string, string, string];
    const forged = [
      `${NOW + 1}.${nonce}.${signature}`,
      `${issued}.x.${signature}`,
      `${issued}.${nonce}.`,
      issued,
      '',
      '..',
    ];
    for (const token of [...forged, undefined, [tokens.issue(NOW)], 'x'.repeat(1_000)]) {
      expect(tokens.isValid(token, NOW)).toBe(false);
    }
  });
});
