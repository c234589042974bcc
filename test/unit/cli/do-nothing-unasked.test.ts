import { type ModuleRef, ModulesContainer } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { doNothingUnasked } from '../../../lib/cli/do-nothing-unasked.js';
import { Shutdown } from '../../../lib/push/index.js';

/** What Nest has of each provider. */
interface Wrapper {
  readonly metatype: unknown;
  readonly instance: unknown;
}

function moduleRefOf(...wrappers: Wrapper[]): ModuleRef {
  const modules = new Map([['app', { providers: new Map(wrappers.map((wrapper, at) => [at, wrapper])) }]]);
  const shutdown = { leaveGatewaysAlone: () => undefined };
  const known = new Map<unknown, unknown>([
    [ModulesContainer, modules],
    [Shutdown, shutdown],
  ]);
  return { get: (token: unknown) => known.get(token) } as unknown as ModuleRef;
}

it('stops the jobs of the application, and asks nothing of providers of other kinds', () => {
  const registry = new SchedulerRegistry();
  registry.addInterval(
    'tick',
    setInterval(() => undefined, 60_000),
  );
  const asked = jest.fn();
  const anything = new Proxy({}, { get: () => asked });
  const nothing = new Proxy(
    {},
    {
      get: () => {
        throw new Error('not in a request');
      },
    },
  );
  const moduleRef = moduleRefOf(
    { metatype: () => nothing, instance: nothing },
    { metatype: null, instance: anything },
    { metatype: SchedulerRegistry, instance: registry },
  );
  doNothingUnasked(moduleRef);
  expect(registry.getIntervals()).toEqual([]);
  expect(asked).not.toHaveBeenCalled();
});
