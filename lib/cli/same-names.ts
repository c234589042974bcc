import type { ModulesContainer } from '@nestjs/core';
import { ConfigurationError } from '../errors/index.js';

/** What nest-commander's `@Command` leaves at a class. */
const COMMAND = 'CommandBuilder:Command:Meta';

type CommandClass = abstract new (...args: never[]) => object;

/** What a command is called and what it says of itself. */
export function commandOf(
  type: object,
): { name: string; description?: string; aliases?: readonly string[] } | undefined {
  return Reflect.getMetadata(COMMAND, type) as ReturnType<typeof commandOf>;
}

/**
 * If two commands, or two classes with flags, share a name, one of them would win silently.
 * @throws ConfigurationError with every command of the application that bears a name of ours
 */
export function refuseSameNames(modules: ModulesContainer, ours: readonly CommandClass[]): void {
  const names = ours.flatMap((type) => namesOf(type));
  const faults = [...modules.values()].flatMap(({ providers, metatype: owner }) =>
    [...providers.values()].flatMap(({ metatype }) => {
      if (typeof metatype !== 'function' || ours.includes(metatype as unknown as CommandClass)) return [];
      const who = `${metatype.name} of ${owner.name}`;
      const same = namesOf(metatype).find((name) => names.includes(name));
      if (same !== undefined) return [`${who} is called "${same}"`];
      const isNamesake = commandOf(metatype) !== undefined && ours.some(({ name }) => name === metatype.name);
      return isNamesake ? [`${who} is a class of that name: nest-commander would mix up their flags`] : [];
    }),
  );
  if (faults.length === 0) return;
  const list = faults.map((fault) => `\n  - ${fault}`).join('');
  throw new ConfigurationError(
    `Commands of the application and of PushgatewayCommandModule bear the same name: import PushgatewayCommandModule.withPrefix('metrics') in its place (metrics:push, metrics:status, ...), or rename yours:${list}`,
  );
}

/** The names by which a command is called: of `deploy <where>` it is the first word. */
function namesOf(type: object): string[] {
  const { name, aliases = [] } = commandOf(type) ?? {};
  return name === undefined ? [] : [name.split(' ')[0] as string, ...aliases];
}
