import { StoreFormatError, StoreUnavailableError } from '../../../errors/index.js';
import {
  describeRedis,
  givesPassword,
  isRedisClient as isClient,
  optionsOfClient,
  type RedisConnection,
  transformedCommand,
} from '../../../options/index.js';
import { STORE_FORMAT } from '../../format.js';
import { familyName } from '../family-field.js';
import { databaseOf } from './database.js';
import { Deadline } from './deadline.js';
import { closeClient, COMMAND_TIMEOUT_MS, createClient } from './redis-client.js';
import { refusalIn } from '../rights/missing-rights.js';
import type { RedisClient } from './script.js';

/** twemproxy and its like close the connection at a command that they do not know. */
const REFUSES_COMMANDS =
  'Connection is closed before it can be used. A server that speaks TLS does so (rediss://), and a proxy that knows neither HELLO ' +
  'nor CLIENT nor INFO: for that set protocol: 2, ' +
  "connectionName: '', disableClientInfo: true and enableReadyCheck: false in pushgateway.redis";

type Command<T> = (client: RedisClient) => Promise<T>;

/** A client of the user's, or one of ours: opened at the first command, its last error kept to explain a failure. */
export class RedisConnectionHolder {
  /** For people, without credentials. */
  readonly address: string;
  readonly #connection: RedisConnection;
  #client: Promise<RedisClient> | undefined;
  /** A client of ours that is closed while it waits to reconnect says nothing to those who come after. */
  #isClosed = false;
  #lastError: Error | undefined;
  #wasReached = false;
  #staysOpen: boolean;
  /** Given up when the connection is closed: ioredis leaves commands that wait for a reconnection unanswered. */
  readonly #running = new Set<Deadline>();
  #becomingReady: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  /** By lane: a command that was given up, and that the client may still have to send. */
  readonly #givenUp = new Map<string, Promise<unknown>>();

  /**
   * @param staysOpen Default true. Otherwise a client of ours is closed as soon as no command runs, until {@link stayOpen}: an
   * open connection, and one that is tried again and again, keep a process alive whose application failed to start.
   */
  constructor(connection: RedisConnection, staysOpen = true) {
    this.#connection = connection;
    this.#staysOpen = staysOpen;
    this.address = describeRedis(connection).address;
    // Notes the client's database, before its user selects another one.
    if (isClient(connection)) databaseOf(connection);
  }

  /** Whether a client was ever ready: connected, and its credentials taken. */
  get wasReached(): boolean {
    return this.#wasReached;
  }

  /**
   * Runs a command with a deadline. In a lane none is sent while an earlier one, given up, may still be answered: a
   * client keeps what it could not send, and however long Redis is away, there is one to keep.
   * @throws StoreFormatError if the data is of another version; StoreUnavailableError whatever else went wrong, with the
   * reason in its message and as its `cause`.
   */
  async run<T>(command: Command<T>, lane?: string): Promise<T> {
    const deadline = new Deadline(COMMAND_TIMEOUT_MS);
    this.#running.add(deadline);
    try {
      const client = await this.#open();
      const result = await deadline.limit(this.#send(client, command, deadline, lane));
      this.#lastError = undefined;
      return result;
    } catch (error) {
      throw this.#explain(error as Error);
    } finally {
      deadline.end();
      this.#running.delete(deadline);
      if (!this.#staysOpen && this.#running.size === 0) this.#rest();
    }
  }

  /** From now on the connection is kept between commands. */
  stayOpen(): void {
    this.#staysOpen = true;
  }

  /** Closes a client of ours; the next command opens another one. */
  #rest(): void {
    if (isClient(this.#connection) || this.#isClosed) return;
    void this.#client?.then(closeClient);
    this.#client = undefined;
    this.#becomingReady = undefined;
  }

  /** Closes the client if it is ours. */
  async close(): Promise<void> {
    for (const running of this.#running) running.pass(new Error('Connection is closed.'));
    if (isClient(this.#connection)) return;
    this.#isClosed = true;
    if (this.#client === undefined) return;
    closeClient(await this.#client);
  }

  async #send<T>(client: RedisClient, command: Command<T>, deadline: Deadline, lane?: string): Promise<T> {
    await this.#ready(client);
    this.#wasReached = true;
    this.#requireUnchangedReplies(client);
    if (lane !== undefined) await this.#givenUp.get(lane);
    // A command whose caller has given up, such as taking a turn, must not run.
    deadline.throwIfPassed();
    const answer = command(client);
    // A client that does not resend gives no answer any more to what was under way when its connection broke.
    if (lane !== undefined && optionsOfClient(client).connection['autoResendUnfulfilledCommands'] !== false) {
      deadline.whenPassed(answer, () => {
        this.#giveUp(client, answer, lane);
      });
    }
    return answer;
  }

  /** A command may never be answered if its connection broke: it depends on the options of the client. */
  #giveUp(client: RedisClient, answer: Promise<unknown>, lane: string): void {
    const isAnswered = answer.then(
      () => undefined,
      () => undefined,
    );
    const settled = Promise.race([this.#nextClose(client), isAnswered]).then(() => {
      this.#givenUp.delete(lane);
    });
    this.#givenUp.set(lane, settled);
  }

  /** One listener, however many commands are given up. */
  #nextClose(client: RedisClient): Promise<void> {
    this.#closing ??= nextEvent(client, ['close']).then(() => {
      this.#closing = undefined;
    });
    return this.#closing;
  }

  /** Resolves when the client can send, rejects when its attempt to connect fails. Nothing waits in queues of ioredis. */
  #ready(client: RedisClient): Promise<void> {
    if (client.status === 'ready') return Promise.resolve();
    const isOurs = !isClient(this.#connection);
    if (this.#isClosed || (client.status === 'end' && !isOurs))
      return Promise.reject(new Error('Connection is closed.'));
    this.#becomingReady ??= nextEvent(client, ['ready', 'close', 'end']).then((event) => {
      this.#becomingReady = undefined;
      if (event !== 'ready') throw new Error(this.#isRefused(client) ? REFUSES_COMMANDS : 'Connection is closed.');
    });
    this.#becomingReady.catch(() => undefined);
    // `end`: its `retryStrategy` wants no further attempt. The next command makes one.
    if (client.status === 'wait' || client.status === 'end') client.connect().catch(() => undefined);
    return this.#becomingReady;
  }

  /**
   * Whether every connection so far was made and closed again: that server does not take the commands with which ioredis
   * begins.
   */
  #isRefused(client: RedisClient): boolean {
    const isOurs = !isClient(this.#connection) && !this.#isClosed;
    return isOurs && !this.#wasReached && isCut(this.#lastError) && !('nodes' in client);
  }

  /** Transformers are for all clients of a copy of ioredis, and may be set at any time. */
  #requireUnchangedReplies(client: RedisClient): void {
    const command = transformedCommand(client);
    if (command === undefined) return;
    const what = `cannot be used with a transformer of the command "${command}" (Redis.Command)`;
    throw new StoreUnavailableError(`Redis ${this.address} ${what}`);
  }

  #open(): Promise<RedisClient> {
    this.#client ??= isClient(this.#connection) ? Promise.resolve(this.#connection) : this.#create(this.#connection);
    return this.#client;
  }

  async #create(connection: Exclude<RedisConnection, RedisClient>): Promise<RedisClient> {
    const client = await createClient(connection);
    // Without a listener ioredis prints every failed attempt to connect.
    client.on('error', (error: Error) => {
      this.#lastError = error;
    });
    return client;
  }

  /** ioredis says "reached the max retries per request limit" where the connection's own error says why. */
  #explain(error: Error): StoreUnavailableError | StoreFormatError {
    if (error instanceof StoreUnavailableError) return error;
    const [, storedFormat] = /^FORMAT (\S+)/.exec(error.message) ?? [];
    if (storedFormat !== undefined) return new StoreFormatError(`Redis ${this.address}`, storedFormat, STORE_FORMAT);
    const refused = refusalIn(error);
    if (refused !== undefined) return new StoreUnavailableError(`Redis ${this.address} ${refused}`);
    const [, database, refusal] = /^DATABASE (\d+) (.*)/.exec(error.message) ?? [];
    if (refusal !== undefined) {
      const message = `Redis ${this.address} refused database ${database} (${refusal}): correct the database of pushgateway.redis`;
      return new StoreUnavailableError(message, { cause: withoutCommand(error) });
    }
    const [, replaced] = /^REPLACED (\S+)/.exec(error.message) ?? [];
    if (replaced !== undefined) {
      const message = `Redis ${this.address}: reading "${familyName(replaced)}" took over a minute, and its values were replaced meanwhile`;
      return new StoreUnavailableError(message, { cause: withoutCommand(error) });
    }
    if (error.message.startsWith('OVERTAKEN')) {
      const message = `Redis ${this.address}: this push was too slow, another process may have taken over`;
      return new StoreUnavailableError(message, { cause: withoutCommand(error) });
    }
    const isAboutConnection = /max retries|Connection is closed|no answer within|Stream isn't writeable/i.test(
      error.message,
    );
    const isExplained = error.message === REFUSES_COMMANDS;
    const cause = innermost(isAboutConnection && !isExplained && this.#lastError ? this.#lastError : error);
    const reason = cause.message === '' ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : cause.message;
    // ioredis attaches the command to its errors, and with it the password of a failed AUTH.
    const options = { cause: withoutCommand(cause) };
    if (reason.startsWith('NOAUTH') && !givesPassword(this.#connection)) {
      const message = `Redis ${this.address} wants a password, and none was given: set it in pushgateway.redis`;
      return new StoreUnavailableError(message, options);
    }
    if (/^(WRONGPASS|NOAUTH)|invalid password/.test(reason)) {
      const message = `Redis ${this.address} refused the credentials (${reason}): check pushgateway.redis`;
      return new StoreUnavailableError(message, options);
    }
    if (isOwnFault(cause)) {
      return new StoreUnavailableError(
        `Redis ${this.address} was not asked, by a fault in this process: ${reason}`,
        options,
      );
    }
    const what = cause.name === 'ReplyError' ? 'answered' : 'unreachable:';
    return new StoreUnavailableError(`Redis ${this.address} ${what} ${reason}`, options);
  }
}

/** The other side has closed the connection, as far as an error says. */
function isCut(error: NodeJS.ErrnoException | undefined): boolean {
  return error === undefined || error.code === 'EPIPE' || error.code === 'ECONNRESET';
}

type ClientEvent = 'ready' | 'close' | 'end';

/** Resolves with the first of these events; leaves no listener behind. */
function nextEvent(client: RedisClient, events: readonly ClientEvent[]): Promise<ClientEvent> {
  return new Promise((resolve) => {
    const listeners = events.map(
      (event) =>
        [
          event,
          (): void => {
            settle(event);
          },
        ] as const,
    );
    const settle = (event: ClientEvent): void => {
      for (const [name, listener] of listeners) client.off(name, listener);
      resolve(event);
    };
    for (const [name, listener] of listeners) client.once(name, listener);
  });
}

/** A mistake in code, or code that a bundler has left out: nothing that a server, or the way to it, can do. */
function isOwnFault({ name, code = '' }: NodeJS.ErrnoException): boolean {
  return /^(Type|Range|Reference|Syntax)Error$/.test(name) || code.endsWith('MODULE_NOT_FOUND');
}

/** A cluster's client says that all nodes failed where the last one's own error says how. */
function innermost(error: Error & { lastNodeError?: Error }): Error {
  return error.lastNodeError ?? error;
}

function withoutCommand({ name, message, code }: NodeJS.ErrnoException): Error {
  const error = new Error(message);
  return Object.assign(error, { name, ...(code !== undefined && { code }) });
}
