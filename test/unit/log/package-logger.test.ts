import { Logger } from '@nestjs/common';
import { PackageLogger } from '../../../lib/log/package-logger.js';

afterEach(() => {
  jest.restoreAllMocks();
});

it.each(['log', 'warn', 'error'] as const)('%s writes one line, of which a terminal obeys nothing', (level) => {
  const written = jest.spyOn(Logger.prototype, level).mockImplementation();
  new PackageLogger()[level]('Job "a\u001b[2J" has moved to \u009bb\nERROR forged');
  expect(written.mock.calls).toEqual([['Job "a\\u001b[2J" has moved to \\u009bb\\u000aERROR forged']]);
});
