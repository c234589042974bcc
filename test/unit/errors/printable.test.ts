import { ConfigurationError, HttpConnectionError } from '../../../lib/errors/index.js';
import { printable, printableLines } from '../../../lib/errors/printable.js';

const HOSTILE = 'a\u001b[31mb\u009b2Jc\u0007d\u202ee\u2066f\u2028g\u007fh\rI';
const SHOWN = 'a\\u001b[31mb\\u009b2Jc\\u0007d\\u202ee\\u2066f\\u2028g\\u007fh\\u000dI';

it('escapes what a terminal obeys, and nothing else', () => {
  expect(printable(HOSTILE)).toBe(SHOWN);
  expect(printable('one\ntwo\tthree')).toBe('one\\u000atwo\\u0009three');
  expect(printable('größe 日本語 😀 \\ "')).toBe('größe 日本語 😀 \\ "');
  expect(printableLines('one\ntwo\u001b')).toBe('one\ntwo\\u001b');
});

it('leaves JSON what it means', () => {
  expect(JSON.parse(printable(JSON.stringify({ [HOSTILE]: `${HOSTILE}\n` })))).toEqual({ [HOSTILE]: `${HOSTILE}\n` });
});

it('is done to the message of every error; a list of faults keeps its lines', () => {
  const error = new HttpConnectionError(`Pushgateway ${HOSTILE}`, 'ECONNRESET');
  expect(error.message).toBe(`Pushgateway ${SHOWN}`);
  expect(error.stack).not.toContain('\u001b');
  expect(new ConfigurationError('Invalid:\n  - a\u001b').message).toBe('Invalid:\n  - a\\u001b');
});
