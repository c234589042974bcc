import { cp, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from '../package/support/run.js';
import { ROOT } from '../support/run-node.js';
import { type RunningServer, startPushgateway, startRedis } from '../support/servers.js';

const QUICK = ['--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier'];
/** A registry may be slow, and so may a machine. */
export const LONG_MS = 900_000;

/** What all projects have around them: the packed package, a folder to be in, and real servers. */
export interface Surroundings {
  readonly folder: string;
  readonly tarball: string;
  readonly redis: RunningServer;
  readonly gateway: RunningServer;
  stop(): Promise<void>;
}

export async function startSurroundings(): Promise<Surroundings> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'pushgateway-projects-')));
  await succeed('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, timeoutMs: LONG_MS });
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  const [redis, gateway] = await Promise.all([startRedis(), startPushgateway()]);
  return {
    folder,
    tarball: join(folder, tarball),
    redis,
    gateway,
    stop: async () => {
      await Promise.all([redis.stop(), gateway.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function install(cwd: string, ...packages: string[]): Promise<void> {
  await succeed('npm', ['install', ...QUICK, ...packages], { cwd, timeoutMs: LONG_MS });
}

/** Puts files of overlays/ into a project. */
export async function overlay(name: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await cp(join(ROOT, 'test/projects/overlays', name), target, { recursive: true });
}

/** What the gateway shows of a metric of a job, without its labels. */
export async function valueOf({ gateway }: Surroundings, metric: string, job: string): Promise<string | undefined> {
  const response = await fetch(`http://${gateway.address}/metrics`);
  const lines = (await response.text()).split('\n');
  return lines.find((line) => line.startsWith(`${metric}{`) && line.includes(`job="${job}"`))?.split(' ')[1];
}
