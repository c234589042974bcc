import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { PrometheusPushgatewayModuleOptions } from '../options/index.js';

/** The name of a module, undefined without one: what it injects, and what its parts inject. */
export const MODULE_NAME = Symbol('PrometheusPushgatewayModuleName');

interface Extras {
  isGlobal?: boolean;
  name?: string | undefined;
}

/** `forRoot` and `forRootAsync`: both lead to one token, whose value `resolveOptions` checks. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<PrometheusPushgatewayModuleOptions>({ moduleName: 'PrometheusPushgateway' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createPrometheusPushgatewayOptions')
    .setExtras<Extras>({ isGlobal: true, name: undefined }, (definition, { isGlobal = true }) => ({
      ...definition,
      global: isGlobal,
    }))
    .build();
