import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { succeed } from '../package/support/run.js';
import { freePort } from '../support/free-port.js';
import { waitFor } from '../support/wait-for.js';
import { installOnce } from './install-once.js';
import type { Project } from './project.js';
import { install, LONG_MS, overlay, type Surroundings, valueOf } from './surroundings.js';

const NEST = ['@nestjs/common@12', '@nestjs/core@12', '@nestjs/platform-express@12', 'reflect-metadata', 'rxjs'];
/** As `instances` of its configuration says. */
const PROCESSES = 4;
const CLIENTS = 4;
const SOME = 200;

const installed = installOnce('pm2', async (folder, { tarball }) => {
  await overlay('pm2', folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'pm2-shop', private: true }));
  await install(folder, tarball, ...NEST, 'ioredis@6', 'pm2');
});

/** Cluster mode: what four processes answer before, in and after a reload is counted once, under one instance. */
export const pm2: Project = {
  name: 'pm2: cluster mode, reload under load, delete',
  run: async (surroundings) => {
    const cwd = await installed(surroundings);
    const port = await freePort();
    const environment = {
      // A daemon of its own.
      PM2_HOME: join(cwd, 'home'),
      JOB: 'pm2',
      REDIS: surroundings.redis.address,
      GATEWAY: surroundings.gateway.address,
      PORT: String(port),
    };
    const run = (...args: string[]) =>
      succeed(join(cwd, 'node_modules/.bin/pm2'), args, { cwd, environment, timeoutMs: LONG_MS });
    try {
      await run('start', 'ecosystem.config.cjs');
      const load = new Load(`http://127.0.0.1:${port}/order`);
      await load.answers(SOME);
      await run('reload', 'shop');
      await load.answers(SOME);
      await load.stop();
      await run('delete', 'shop');
      if (load.processes.size < 2 * PROCESSES) throw new Error(`expected 8 processes, got ${load.processes.size}`);
      if (load.failures.length > 0) throw new Error(`requests failed: ${load.failures.join(', ')}`);
      await expectOrders(surroundings, load.answered);
    } finally {
      await run('kill');
    }
  },
};

async function expectOrders(surroundings: Surroundings, answered: number): Promise<void> {
  const value = await valueOf(surroundings, 'orders_total', 'pm2');
  if (Number(value) !== answered) throw new Error(`answered ${answered} requests, the gateway has ${value ?? 'none'}`);
}

/** Clients that ask as fast as they are answered, each request on a connection of its own. */
class Load {
  answered = 0;
  readonly failures: string[] = [];
  readonly processes = new Set<number>();
  #isOver = false;
  readonly #clients: Promise<unknown>;

  constructor(private readonly url: string) {
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#ask()));
  }

  async answers(more: number): Promise<void> {
    const before = this.answered;
    await waitFor(() => this.answered >= before + more, { timeoutMs: LONG_MS, message: `${more} answers` });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#clients;
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      await bodyOf(this.url).then(
        (body) => {
          this.answered += 1;
          this.processes.add((JSON.parse(body) as { process: number }).process);
        },
        (error: unknown) => this.failures.push((error as Error).message),
      );
    }
  }
}

function bodyOf(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${response.statusCode}: ${body}`));
      });
    });
    request.on('error', reject);
  });
}
