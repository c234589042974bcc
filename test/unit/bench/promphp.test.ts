import { promPhp } from '../../../bench/harness/promphp.js';
import type { RunningServer } from '../../support/servers.js';

const redis = { host: '127.0.0.1', port: 1 } as RunningServer;

describe('promPhp', () => {
  it('is absent, and says what is missing', () => {
    const { contestants, absent } = promPhp(redis, { PATH: '/nowhere' });
    expect(contestants).toEqual({});
    expect(absent?.['promPhp']).toMatch(/^(php is not installed|PROMPHP_AUTOLOAD does not name)/);
  });
});
