import { type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, CommandRunner } from 'nest-commander';
import { PrometheusPushgatewayModule } from 'nestjs-prometheus-pushgateway';
import { PushCommand, PushgatewayCommandModule, StatusCommand } from 'nestjs-prometheus-pushgateway/cli';
import { COMMANDS } from '../../../lib/cli/pushgateway-command.module.js';
import { commandOf } from '../../../lib/cli/same-names.js';

const root = PrometheusPushgatewayModule.forRoot({
  prometheus: { jobs: ['shop'] },
  pushgateway: { redis: 'memory' },
  autoPush: false,
});

abstract class Own extends CommandRunner {
  run(): Promise<void> {
    return Promise.resolve();
  }
}
@Command({ name: 'status <what>', description: 'of the application' })
class Status extends Own {}
@Command({ name: 'deploy', aliases: ['push'] })
class Deploy extends Own {}
@Command({ name: 'deploy' })
class Fine extends Own {}

const namesake = { PushCommand: class extends Fine {} }.PushCommand;

let app: INestApplicationContext | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(commands: Parameters<typeof Module>[0]['imports'], providers: Type[]): Promise<string[]> {
  @Module({ imports: [root, ...(commands ?? [])], providers })
  class AppModule {}
  app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  return [];
}

describe('PushgatewayCommandModule', () => {
  it('refuses commands of the application that bear the same name', async () => {
    await expect(start([PushgatewayCommandModule], [Status, Deploy])).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      message: expect.stringMatching(
        /withPrefix\('metrics'\) .*rename yours:\n {2}- Status of AppModule is called "status"\n {2}- Deploy of AppModule is called "push"$/,
      ),
    });
  });

  it('refuses a class of the same name, whose flags would be mixed up with ours', async () => {
    await expect(start([PushgatewayCommandModule], [namesake])).rejects.toThrow(
      'PushCommand of AppModule is a class of that name: nest-commander would mix up their flags',
    );
  });

  it('takes other commands', async () => {
    await expect(start([PushgatewayCommandModule], [Fine])).resolves.toEqual([]);
    expect(app?.get(PushCommand, { strict: false })).toBeInstanceOf(PushCommand);
  });

  it('has the same commands under names with a prefix, beside any others', async () => {
    const { providers = [], module } = PushgatewayCommandModule.withPrefix('metrics');
    const names = COMMANDS.map((type) => commandOf(type)?.name);
    expect(names).toContain('push');
    expect((providers as Type[]).map((type) => commandOf(type)?.name)).toEqual(names.map((name) => `metrics:${name}`));
    expect((providers as Type[])[0]?.name).toBe('PrefixedPushCommand');
    await start([{ module, providers }], [Status, Deploy]);
    expect(app?.get((providers as Type[])[1] as Type, { strict: false })).toBeInstanceOf(StatusCommand);
  });
});
