import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { PrometheusPushgatewayModuleOptions } from '../options/index.js';

/** The name of a module, undefined without one: what it injects, and what its parts inject. */
export const MODULE_NAME = Symbol('PrometheusPushgatewayModuleName');

/** What stands beside the options, or beside the factory of `forRootAsync`. */
export interface PrometheusPushgatewayModuleExtras {
  /**
   * Whether other modules can inject the services without importing this one.
   *
   * @defaultValue true
   */
  isGlobal?: boolean;
  /** Tells this module from another one in the same application: see docs/several-modules.md. Default: the one without a name. */
  name?: string | undefined;
}

/** `forRoot` and `forRootAsync`: both lead to one token, whose value `resolveOptions` checks. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<PrometheusPushgatewayModuleOptions>({ moduleName: 'PrometheusPushgateway' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createPrometheusPushgatewayOptions')
    .setExtras<PrometheusPushgatewayModuleExtras>(
      { isGlobal: true, name: undefined },
      (definition, { isGlobal = true }) => ({ ...definition, global: isGlobal }),
    )
    .build();
