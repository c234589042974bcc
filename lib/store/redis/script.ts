import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';

export type RedisClient = Redis | Cluster;
export type ScriptArgument = string | Buffer | number;

/** A Lua script beside this file, sent whole only when Redis does not know it yet. */
export class Script {
  readonly #source: string;
  readonly #sha: string;

  constructor(name: string) {
    this.#source = readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
    this.#sha = createHash('sha1').update(this.#source).digest('hex');
  }

  /** Replies as Redis sends them, bulk strings as buffers. */
  async run(client: RedisClient, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown> {
    try {
      return await client.callBuffer('evalsha', this.#sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.callBuffer('eval', this.#source, keys.length, ...keys, ...args);
    }
  }

  /**
   * Runs the script, sent whole, and `WAIT` right after it on the same connection.
   * @returns the reply, and how many replicas have what the script wrote: at least `replicas`, or fewer after `timeoutMs`.
   */
  async runAndWait(
    client: RedisClient,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    replicas: number,
    timeoutMs: number,
  ): Promise<[reply: unknown, replicas: number]> {
    const pipeline = client.pipeline([
      ['eval', this.#source, keys.length, ...keys, ...args],
      ['wait', replicas, timeoutMs],
    ]);
    const results = (await pipeline.exec()) ?? [];
    for (const [error] of results) if (error) throw error;
    const [reply, confirmed] = results.map(([, result]) => result);
    return [reply, Number(confirmed)];
  }
}
