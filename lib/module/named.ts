import { type DynamicModule, type FactoryProvider, Inject, Module, type Provider, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ConfigurationError } from '../errors/index.js';
import { printable } from '../errors/printable.js';
import { RESOLVED_OPTIONS, tokenIn, UNNAMED } from '../options/index.js';
import { MODULE_NAME, MODULE_OPTIONS_TOKEN } from './module-definition.js';
import { PARTS } from './parts.js';

type AnyToken = Parameters<typeof tokenIn>[1];

/** What a module has without a name. */
interface Original {
  readonly type: Type;
  readonly providers: readonly Provider[];
  readonly exported: readonly AnyToken[];
}

/** One class for each name: of two modules of one name it is the same. */
const classes = new Map<string, Type>();

/**
 * The same module with tokens of its own for all that it provides, so that several are in one application.
 * @throws ConfigurationError for what is no name
 */
export function named(name: string, definition: DynamicModule, original: Original): DynamicModule {
  if (typeof name !== 'string' || !/^[\w.-]+$/.test(name) || name === UNNAMED) {
    throw new ConfigurationError(
      `name: expected letters, digits and . _ - (and not "${UNNAMED}", by which commands call the module without a name), got ` +
        printable(JSON.stringify(name)),
    );
  }
  const ours = new Set([MODULE_OPTIONS_TOKEN, ...original.providers.map(tokenOf)]);
  const rename = (token: unknown): unknown => (ours.has(token) ? tokenIn(name, token as AnyToken) : token);
  const type = classes.get(name) ?? classOf(name, original, rename);
  classes.set(name, type);
  const providers = definition.providers?.map((provider) => renamed(provider, rename)) ?? [];
  return { ...definition, module: type, providers };
}

function classOf(name: string, { type, providers, exported }: Original, rename: (token: unknown) => unknown): Type {
  class Named extends type {}
  Object.defineProperty(Named, 'name', { value: `${type.name}(${name})` });
  Inject(tokenIn(name, PARTS))(Named, undefined, 1);
  const unique = Symbol(`The only module with the name "${name}"`);
  const checked = providers.map((provider) => {
    if (tokenOf(provider) === MODULE_NAME) return { provide: tokenIn(name, MODULE_NAME), useValue: name };
    const own = renamed(provider, rename) as FactoryProvider;
    // Before there is a store or a timer.
    return tokenOf(provider) === RESOLVED_OPTIONS ? { ...own, inject: [...(own.inject ?? []), unique] } : own;
  });
  const onlyOne = (modules: ModulesContainer): void => {
    if ([...modules.values()].filter(({ metatype }) => metatype === Named).length < 2) return;
    throw new ConfigurationError(
      `PrometheusPushgatewayModule.forRoot is imported twice with the name "${name}": give each a name of its own, or import one module ` +
        'that imports it',
    );
  };
  Module({
    providers: [{ provide: unique, inject: [ModulesContainer], useFactory: onlyOne }, ...checked],
    exports: exported.map((token) => tokenIn(name, token)),
  })(Named);
  return Named;
}

function tokenOf(provider: Provider): unknown {
  return typeof provider === 'function' ? provider : provider.provide;
}

function renamed(provider: Provider, rename: (token: unknown) => unknown): Provider {
  if (typeof provider === 'function') return { provide: rename(provider) as symbol, useClass: provider };
  const { inject } = provider as FactoryProvider;
  return {
    ...provider,
    provide: rename(provider.provide),
    ...(inject && { inject: inject.map(rename) }),
  } as Provider;
}
