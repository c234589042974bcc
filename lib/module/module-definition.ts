import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { PrometheusPushgatewayModuleOptions } from '../options/index.js';

/** `forRoot` and `forRootAsync`: both lead to one token, whose value `resolveOptions` checks. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<PrometheusPushgatewayModuleOptions>({ moduleName: 'PrometheusPushgateway' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createPrometheusPushgatewayOptions')
    .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();
