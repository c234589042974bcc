import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';

export type RedisClient = Redis | Cluster;
export type ScriptArgument = string | Buffer | number;

interface Source {
  readonly text: string;
  /** By which Redis knows it. */
  readonly sha: string;
}

/** A Lua script beside this file, behind what all share; read when needed, sent whole only when Redis does not know it yet. */
export class Script {
  readonly #parts: readonly string[];
  #source: Source | undefined;

  /** @param parts Files that stand before it. */
  constructor(name: string, ...parts: string[]) {
    this.#parts = ['prelude', ...parts, name];
  }

  /** Replies as Redis sends them, bulk strings as buffers. */
  async run(client: RedisClient, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown> {
    try {
      return await client.callBuffer('evalsha', this.#read().sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.callBuffer('eval', this.#read().text, keys.length, ...keys, ...args);
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
      ['eval', this.#read().text, keys.length, ...keys, ...args],
      ['wait', replicas, timeoutMs],
    ]);
    const results = (await pipeline.exec()) ?? [];
    for (const [error] of results) if (error) throw error;
    const [reply, confirmed] = results.map(([, result]) => result);
    return [reply, Number(confirmed)];
  }

  #read(): Source {
    return (this.#source ??= readSource(this.#parts));
  }
}

/** What Redis gets: files of scripts/, one after the other. */
export function readSource(parts: readonly string[]): Source {
  const text = parts.map(readFile).join('\n');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

function readFile(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
}
