import { nestAdd, type NestAddOptions, type Tree } from '../../../lib/schematics/nest-add.js';

const PACKAGE = 'nestjs-prometheus-pushgateway';
const MODULE = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller';

@Module({
  imports: [],
  controllers: [AppController],
})
export class AppModule {}
`;
const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
`;
const MANIFEST = { name: '@shop/orders', dependencies: { '@nestjs/common': '^11.0.1', rxjs: '^7.0.0' } };

let files: Map<string, string>;
let said: string[];

beforeEach(() => {
  said = [];
  files = new Map([
    ['package.json', JSON.stringify(MANIFEST)],
    ['nest-cli.json', '{ "sourceRoot": "src" }'],
    ['src/app.module.ts', MODULE],
    ['src/main.ts', MAIN],
  ]);
});

function add(options?: NestAddOptions): void {
  const tree: Tree = {
    read: (path) => files.get(path) ?? null,
    create: (path, content) => files.set(path, content),
    overwrite: (path, content) => files.set(path, content),
  };
  const say = (message: string): unknown => said.push(message);
  nestAdd(options)(tree, { logger: { info: say, warn: say } });
}

it('imports the module, with options from the environment', () => {
  add();
  expect(files.get('src/app.module.ts')).toBe(`import { Module } from '@nestjs/common';
import { AppController } from './app.controller';
import { ConfigModule } from '@nestjs/config';
import { PrometheusPushgatewayModule } from '${PACKAGE}';
import { prometheusPushgatewayConfig } from '${PACKAGE}/config';

@Module({
  imports: [ConfigModule.forRoot(), PrometheusPushgatewayModule.forRootAsync(prometheusPushgatewayConfig.asProvider())],
  controllers: [AppController],
})
export class AppModule {}
`);
  expect(files.get('.env.example')).toContain('\nPROMETHEUS_JOBS=orders\n');
  expect(files.has('src/cli.module.ts')).toBe(false);
  expect(files.get('src/main.ts')).not.toContain('CommandFactory');
});

it.each([
  ['await NestFactory.create(AppModule);'],
  ['await NestFactory.create<NestExpressApplication>(AppModule, { bufferLogs: true });'],
  ['await NestFactory.createMicroservice(\n    AppModule,\n  );'],
])('stores what was counted last at the end of the application: %s', (made) => {
  files.set('src/main.ts', MAIN.replace('await NestFactory.create(AppModule);', made));
  add();
  expect(files.get('src/main.ts')).toContain(
    `  const app = ${made}\n  app.enableShutdownHooks();\n  await app.listen(`,
  );
  expect(said.join('\n')).not.toContain('enableShutdownHooks');
});

it('says what to call in a main.ts whose next semicolon stands behind the function', () => {
  const bare = MAIN.replace('AppModule);', 'AppModule)').replace('3000);', '3000)');
  files.set('src/main.ts', bare);
  add();
  expect(files.get('src/main.ts')).toBe(bare);
  expect(said.join('\n')).toContain('Call app.enableShutdownHooks() in src/main.ts');
});

it('leaves shutdown hooks that are there alone', () => {
  const own = MAIN.replace('  await app.listen', "  app.enableShutdownHooks(['SIGTERM']);\n  await app.listen");
  files.set('src/main.ts', own);
  add();
  expect(files.get('src/main.ts')).toBe(own);
});

it('adds what the imported code needs, in versions that fit', () => {
  add();
  expect(JSON.parse(files.get('package.json') ?? '')).toMatchObject({
    name: '@shop/orders',
    dependencies: { '@nestjs/config': '^4.0.0', ioredis: '^5.6.0 || ^6.0.0', rxjs: '^7.0.0' },
  });
  expect(said.join('\n')).toContain("@nestjs/config, ioredis. Now run your package manager's install");
  files.set('package.json', JSON.stringify({ dependencies: { '@nestjs/common': '^12.0.0' } }));
  add();
  expect(files.get('package.json')).toContain('"@nestjs/config": "^12.0.0"');
});

it.each([
  ['imports: [OrdersModule],', 'imports: [ConfigModule.forRoot(), PrometheusPushgatewayModule.', '), OrdersModule],'],
  ['imports: [\n    OrdersModule,\n  ],', 'imports: [\n    ConfigModule.forRoot(), Prom', '), OrdersModule,\n  ],'],
  ['', 'imports: [ConfigModule.forRoot(), PrometheusPushgatewayModule.', ')],\n'],
  ['imports: [ConfigModule.forRoot({})],', 'imports: [PrometheusPushgatewayModule.', '), ConfigModule.forRoot({})],'],
])('keeps what is imported already: %j', (imports, start, end) => {
  files.set('src/app.module.ts', MODULE.replace('imports: [],', imports));
  add();
  const code = files.get('src/app.module.ts') ?? '';
  expect(code).toContain(start);
  expect(code).toContain(`asProvider()${end}`);
});

it('changes nothing the second time', () => {
  add({ cli: true });
  const once = new Map(files);
  add({ cli: true });
  expect(files).toEqual(once);
});

it('adds the command line when it is asked to', () => {
  add({ cli: true });
  expect(files.get('src/cli.module.ts')).toContain('@Module({ imports: [AppModule, PushgatewayCommandModule] })');
  const main = files.get('src/main.ts') ?? '';
  expect(main).toContain("import { CliModule } from './cli.module';\n");
  expect(main).toContain(
    "async function bootstrap() {\n  if (process.argv.length > 2) {\n    await CommandFactory.run(CliModule, ['error']);\n    return;\n  }\n",
  );
  expect(files.get('package.json')).toContain('nest-commander');
});

it('names files as ES modules do in such a project', () => {
  files.set('package.json', JSON.stringify({ ...MANIFEST, type: 'module' }));
  add({ cli: true });
  expect(files.get('src/main.ts')).toContain("from './cli.module.js';");
});

it('says what it cannot change', () => {
  files.delete('src/app.module.ts');
  files.set('src/main.ts', '');
  add({ cli: true });
  expect(said.join('\n')).toContain('src/app.module.ts has no @Module: add PrometheusPushgatewayModule.forRootAsync(');
  expect(said.join('\n')).toContain('src/main.ts could not be changed');
  expect(said.join('\n')).toContain('Call app.enableShutdownHooks() in src/main.ts');
});
