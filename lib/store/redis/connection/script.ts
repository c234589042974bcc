import { createHash } from 'node:crypto';
import { databaseToSelect, type RedisClient, selecting } from './database.js';
import { luaSource } from './lua-source.js';
import { asSent } from './reply.js';

export type { RedisClient };
export type ScriptArgument = string | Buffer | number;

/** Every client of ioredis has these, only its types do not. */
interface ScriptCommands {
  evalshaBuffer(sha: string, keys: number, ...args: ScriptArgument[]): Promise<unknown>;
  evalBuffer(text: string, keys: number, ...args: ScriptArgument[]): Promise<unknown>;
}

interface Source {
  readonly text: string;
  /** By which Redis knows it. */
  readonly sha: string;
}

/**
 * A Lua script of ../scripts: prelude.lua first, then the files it needs, then the script itself. The files are read when they
 * are needed. The whole text is sent only when Redis does not know it yet. It runs in the client's own database, or not at all.
 */
export class Script {
  readonly #parts: readonly string[];
  readonly #sources = new Map<string, Source>();

  /** @param parts Files that stand between prelude.lua and it. */
  constructor(name: string, ...parts: string[]) {
    this.#parts = ['prelude', ...parts, name];
  }

  /**
   * Replies as Redis sends them, bulk strings as buffers.
   * @param isTrial Every key that it writes expires by itself.
   */
  async run(
    client: RedisClient,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    isTrial = false,
  ): Promise<unknown> {
    // Not by `callBuffer`: with enableAutoPipelining it loses the command's name.
    const commands = client as RedisClient & ScriptCommands;
    const { text, sha } = this.#sourceFor(client, isTrial);
    try {
      return asSent(client, await commands.evalshaBuffer(sha, keys.length, ...keys, ...args));
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return asSent(client, await commands.evalBuffer(text, keys.length, ...keys, ...args));
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
      ['evalBuffer', this.#sourceFor(client).text, keys.length, ...keys, ...args],
      ['wait', replicas, timeoutMs],
    ]);
    const results = (await pipeline.exec()) ?? [];
    for (const [error] of results) if (error) throw error;
    const [reply, confirmed] = results.map(([, result]) => result);
    return [asSent(client, reply), Number(confirmed)];
  }

  #sourceFor(client: RedisClient, isTrial = false): Source {
    const database = databaseToSelect(client);
    const id = `${database ?? ''} ${isTrial}`;
    const source = this.#sources.get(id) ?? readSource(isTrial ? ['trial', ...this.#parts] : this.#parts, database);
    this.#sources.set(id, source);
    return source;
  }
}

/** What Redis gets: files of scripts/, one after the other. */
export function readSource(parts: readonly string[], database?: number): Source {
  const text = `${selecting(database)}${parts.map(luaSource).join('\n')}`;
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
