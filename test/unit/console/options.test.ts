import { resolveConsoleOptions } from '../../../lib/console/console-options.js';
import { PrometheusPushgatewayConsoleModule } from '../../../lib/console/index.js';
import { ConfigurationError } from '../../../lib/errors/index.js';

class Guard {
  canActivate(): boolean {
    return true;
  }
}

describe('the options of the console', () => {
  it.each([{}, { path: '/metrics-console' }, { guards: [] }, { public: false }, undefined])(
    'refuse a start without guards: %j',
    (options) => {
      expect(() => PrometheusPushgatewayConsoleModule.forRoot(options as object)).toThrow(ConfigurationError);
      expect(() => PrometheusPushgatewayConsoleModule.forRoot(options as object)).toThrow(
        /guards: expected at least one.*"public: true" shows it to everybody/,
      );
    },
  );

  it('take guards, or that everybody may look', () => {
    expect(resolveConsoleOptions({ guards: [Guard] })).toEqual({
      path: 'metrics-console',
      guards: [Guard],
      actions: false,
      secret: undefined,
      prometheus: [],
    });
    expect(resolveConsoleOptions({ public: true, path: 'ops/metrics/', actions: true })).toMatchObject({
      path: 'ops/metrics',
      guards: [],
      actions: true,
    });
  });

  it.each([
    [{ guards: [Guard], public: true }, 'either guards or "public: true", got both'],
    [{ guards: [undefined] }, 'imported in a circle'],
    [{ guards: Guard }, 'guards: expected a list'],
    [{ public: 'yes' }, 'public: expected true or false'],
    [{ public: true, path: '/a b' }, 'path: expected one such as'],
    [{ public: true, path: '/:id' }, 'path: expected one such as'],
    [{ public: true, path: '/' }, 'path: expected one such as'],
    [{ public: true, actions: 'yes' }, 'actions: expected true, false or { secret }'],
    [{ public: true, actions: { secret: 'short' } }, 'at least 32 characters'],
    [{ public: true, prometheus: 'a:9090' }, 'prometheus: expected a list'],
    [{ public: true, gaurds: [] }, 'unknown option gaurds'],
  ])('refuse %j', (options, message) => {
    expect(() => resolveConsoleOptions(options as object)).toThrow(message);
  });
});
