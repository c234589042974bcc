import { withFirstStatement, withHooks, withImport, withModules } from './source-text.js';

const PACKAGE = 'nestjs-prometheus-pushgateway';
const IOREDIS = '^5.6.0 || ^6.0.0';
/** By the major version of Nest: from 12 on they are the same. */
const CONFIG = { '11': '^4.0.0', '12': '^12.0.0' };
const NEST_COMMANDER = '^3.20.0';
const REGISTRATION = 'PrometheusPushgatewayModule.forRootAsync(prometheusPushgatewayConfig.asProvider())';

/** The files of a project, as Angular's schematics give them: the part that is used. */
export interface Tree {
  read(path: string): { toString(): string } | null;
  create(path: string, content: string): void;
  overwrite(path: string, content: string): void;
}

export interface Context {
  readonly logger: { info(message: string): void; warn(message: string): void };
}

export interface NestAddOptions {
  /** Folder of app.module.ts and main.ts. Default: that of nest-cli.json. */
  readonly sourceRoot?: string;
  /** Add the commands as well. Default false. */
  readonly cli?: boolean;
}

interface Manifest {
  readonly name?: string;
  readonly type?: string;
  readonly dependencies?: Record<string, string>;
}

/**
 * `nest add nestjs-prometheus-pushgateway [--cli]`: imports the module in `AppModule`, with options from the environment, and writes
 * `.env.example`; its `main.ts` stores and pushes what was counted last. What is there already stays; what it cannot change by itself it
 * says.
 */
export function nestAdd({ sourceRoot, cli = false }: NestAddOptions = {}): (tree: Tree, context: Context) => Tree {
  return (tree, { logger }) => {
    const manifest = JSON.parse(textOf(tree, 'package.json') ?? '{}') as Manifest;
    const folder = sourceRoot ?? sourceRootOf(tree);
    if (!importModule(tree, `${folder}/app.module.ts`))
      logger.warn(`${folder}/app.module.ts has no @Module: add ${REGISTRATION} to the imports of your root module`);
    writeExample(tree, manifest.name ?? 'shop');
    if (cli && !addCommands(tree, folder, manifest.type === 'module' ? '.js' : ''))
      logger.warn(`${folder}/main.ts could not be changed: docs/cli.md of ${PACKAGE} shows what belongs there`);
    if (!enableHooks(tree, `${folder}/main.ts`))
      logger.warn(
        `Call app.enableShutdownHooks() in ${folder}/main.ts: what was counted last is stored and pushed when the process is asked to end`,
      );
    const needed = {
      '@nestjs/config': CONFIG[/\b11\./.test(manifest.dependencies?.['@nestjs/common'] ?? '') ? '11' : '12'],
      ioredis: IOREDIS,
      ...(cli && { 'nest-commander': NEST_COMMANDER }),
    };
    const added = addDependencies(tree, manifest, needed);
    if (added.length > 0)
      logger.info(`Added to package.json: ${added.join(', ')}. Now run your package manager's install`);
    logger.info('Options are read from the environment: copy .env.example to .env, and set PROMETHEUS_JOBS at least');
    return tree;
  };
}

function textOf(tree: Tree, path: string): string | undefined {
  return tree.read(path)?.toString();
}

function sourceRootOf(tree: Tree): string {
  const { sourceRoot = 'src' } = JSON.parse(textOf(tree, 'nest-cli.json') ?? '{}') as { sourceRoot?: string };
  return sourceRoot;
}

/** @returns false if there is no module that could import it. */
function importModule(tree: Tree, path: string): boolean {
  const code = textOf(tree, path);
  if (code === undefined) return false;
  if (code.includes('PrometheusPushgatewayModule')) return true;
  const hasConfig = /\bConfigModule\.forRoot\(/.test(code);
  const changed = withModules(code, hasConfig ? [REGISTRATION] : ['ConfigModule.forRoot()', REGISTRATION]);
  if (changed === undefined) return false;
  const imports: [name: string, from: string][] = [
    ...(hasConfig ? [] : [['ConfigModule', '@nestjs/config'] satisfies [string, string]]),
    ['PrometheusPushgatewayModule', PACKAGE],
    ['prometheusPushgatewayConfig', `${PACKAGE}/config`],
  ];
  tree.overwrite(
    path,
    imports.reduce((text, [name, from]) => withImport(text, name, from), changed),
  );
  return true;
}

function writeExample(tree: Tree, job: string): void {
  if (textOf(tree, '.env.example') !== undefined) return;
  const jobs = job.replace(/^@[^/]*\//, '');
  const lines = [
    '# What this application pushes; required. Several: shop,payments',
    `PROMETHEUS_JOBS=${jobs}`,
    '# Asked for values that Redis has lost, and whether a gateway is gone',
    'PROMETHEUS_HOST=localhost:9090',
    '# One gateway, a load balancer, or all gateways: a:9091,b:9091',
    'PUSHGATEWAY_HOST=localhost:9091',
    '# redis://:password@redis:6379/0, or memory: the values stay in the process',
    'PUSHGATEWAY_REDIS=localhost:6379',
    '# How often it pushes: milliseconds, a cron expression, or off',
    'PUSHGATEWAY_AUTO_PUSH=15000',
  ];
  tree.create('.env.example', `${lines.join('\n')}\n`);
}

/** @returns false if main.ts is not as `nest new` writes it. */
function addCommands(tree: Tree, folder: string, extension: string): boolean {
  const path = `${folder}/cli.module.ts`;
  if (textOf(tree, path) === undefined) {
    const lines = [
      "import { Module } from '@nestjs/common';",
      `import { PushgatewayCommandModule } from '${PACKAGE}/cli';`,
      `import { AppModule } from './app.module${extension}';`,
      '',
      '/** What `nest start -- push` runs: the application, and the commands. */',
      '@Module({ imports: [AppModule, PushgatewayCommandModule] })',
      'export class CliModule {}',
    ];
    tree.create(path, `${lines.join('\n')}\n`);
  }
  const main = textOf(tree, `${folder}/main.ts`);
  if (main === undefined) return false;
  if (main.includes('CommandFactory')) return true;
  const command = [
    '  if (process.argv.length > 2) {',
    "    await CommandFactory.run(CliModule, ['error']);",
    '    return;',
    '  }',
  ];
  const changed = withFirstStatement(main, `${command.join('\n')}\n`);
  if (changed === undefined) return false;
  const withFactory = withImport(changed, 'CommandFactory', 'nest-commander');
  tree.overwrite(`${folder}/main.ts`, withImport(withFactory, 'CliModule', `./cli.module${extension}`));
  return true;
}

/** @returns false if the application is not made there as `nest new` writes it. */
function enableHooks(tree: Tree, path: string): boolean {
  const main = textOf(tree, path);
  const changed = main === undefined ? undefined : withHooks(main);
  if (changed === undefined) return false;
  if (changed !== main) tree.overwrite(path, changed);
  return true;
}

/** @returns the names of those that were not there. */
function addDependencies(tree: Tree, manifest: Manifest, needed: Readonly<Record<string, string>>): string[] {
  const { dependencies = {} } = manifest;
  const missing = Object.entries(needed).filter(([name]) => !(name in dependencies));
  if (missing.length === 0) return [];
  const all = Object.entries({ ...dependencies, ...Object.fromEntries(missing) });
  const sorted = Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)));
  tree.overwrite('package.json', `${JSON.stringify({ ...manifest, dependencies: sorted }, undefined, 2)}\n`);
  return missing.map(([name]) => name);
}

export default nestAdd;
