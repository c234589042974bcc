import { plainRequest } from '../../../lib/http/plain-request.js';
import { keepQuiet } from '../../../lib/options/index.js';

it('goes past what instruments a request once that is asked for, and is run where nothing is traced', () => {
  const plain = (text: string): string => `plain ${text}`;
  const measured = Object.assign((text: string) => `measured ${text}`, { __original: plain });
  const twice = Object.assign((text: string) => `twice ${text}`, { __original: measured });
  expect(plainRequest(twice, 'a')).toBe('twice a');
  let quiet = 0;
  keepQuiet((call) => {
    quiet += 1;
    return call();
  });
  expect(plainRequest(twice, 'b')).toBe('plain b');
  expect(plainRequest(plain, 'c')).toBe('plain c');
  expect(quiet).toBe(2);
});
