import { readFile } from 'node:fs/promises';
import { ConfigurationError, CredentialsError } from '../errors/index.js';
import type { Endpoint } from '../options/index.js';
import { readableText } from './readable-text.js';
import { endpointHeaders, type Login, secretsOf } from './request-headers.js';

export type SentHeaders = Readonly<Record<string, string>>;

/**
 * The headers of an endpoint's requests. Those that come from a file or a function are got before the first request, and again
 * when they were refused.
 */
export class Credentials {
  readonly #endpoint: Endpoint;
  readonly #server: string;
  #sent: SentHeaders | undefined;
  #secrets: readonly string[] = [];
  #reading: Promise<SentHeaders> | undefined;

  /** @throws ConfigurationError for what no HTTP header can carry, and for two ways to log in at once. */
  constructor(endpoint: Endpoint, server: string) {
    this.#endpoint = endpoint;
    this.#server = server;
    const { username, passwordFile, bearerTokenFile, headers } = endpoint;
    if (passwordFile !== undefined && username === undefined) {
      throw new ConfigurationError('Expected a username with the passwordFile, got none');
    }
    const login: Login = { ...endpoint, headers: typeof headers === 'function' ? {} : headers };
    const sent = endpointHeaders(login);
    this.#note(login, sent);
    const rotates = passwordFile !== undefined || bearerTokenFile !== undefined || typeof headers === 'function';
    if (!rotates) this.#sent = sent;
  }

  /** Secrets that no message may repeat: the present ones and former ones. */
  get secrets(): readonly string[] {
    return this.#secrets;
  }

  /** @throws CredentialsError if they cannot be had, or not before `signal` is aborted. */
  async headers(signal: AbortSignal): Promise<SentHeaders> {
    return this.#sent ?? this.#read(signal);
  }

  /** Others than those that were refused, if there are any by now. */
  async othersThan(refused: SentHeaders, signal: AbortSignal): Promise<SentHeaders | undefined> {
    const { passwordFile, bearerTokenFile, headers } = this.#endpoint;
    if (passwordFile === undefined && bearerTokenFile === undefined && typeof headers !== 'function') return undefined;
    // Another request may have got them meanwhile.
    if (this.#sent !== undefined && !isSame(this.#sent, refused)) return this.#sent;
    const sent = await this.#read(signal);
    return isSame(sent, refused) ? undefined : sent;
  }

  /** Once for all that ask at the same time. */
  #read(signal: AbortSignal): Promise<SentHeaders> {
    this.#reading ??= this.#login(signal)
      .then((login) => {
        const sent = endpointHeaders(login);
        this.#note(login, sent);
        return (this.#sent = sent);
      })
      .catch((error: unknown) => {
        if (error instanceof CredentialsError) throw error;
        throw this.#error((error as Error).message);
      })
      .finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #login(signal: AbortSignal): Promise<Login> {
    const { passwordFile, bearerTokenFile, headers, ...endpoint } = this.#endpoint;
    const password = passwordFile === undefined ? undefined : await this.#fromFile('passwordFile', passwordFile);
    const token = bearerTokenFile === undefined ? undefined : await this.#fromFile('bearerTokenFile', bearerTokenFile);
    return {
      ...endpoint,
      ...(password !== undefined && { password }),
      ...(token !== undefined && { bearerToken: token }),
      headers: typeof headers === 'function' ? await this.#fromFunction(headers, signal) : headers,
    };
  }

  /** Without the line break that editors put at its end. */
  async #fromFile(option: string, path: string): Promise<string> {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw this.#error(`cannot read ${option}: ${(error as Error).message}`);
    });
    const value = text.replace(/[\r\n]+$/, '');
    if (value === '') throw this.#error(`${option} ${path} is empty`);
    return value;
  }

  async #fromFunction(
    ask: Extract<Endpoint['headers'], () => unknown>,
    signal: AbortSignal,
  ): Promise<Login['headers']> {
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(this.#error('the function for headers took too long'));
      });
    });
    late.catch(() => undefined);
    const headers: unknown = await Promise.race([Promise.resolve().then(ask), late]).catch((error: unknown) => {
      if (error instanceof CredentialsError) throw error;
      throw this.#error(
        `the function for headers failed: ${error instanceof Error ? error.message : 'no error given'}`,
      );
    });
    const isObject = typeof headers === 'object' && headers !== null && !Array.isArray(headers);
    if (!isObject || Object.values(headers).some((value) => typeof value !== 'string')) {
      throw this.#error('the function for headers gave no object of names and texts');
    }
    return headers as Login['headers'];
  }

  #note(login: Login, sent: SentHeaders): void {
    const before = this.#sent === undefined ? [] : this.#secrets;
    this.#secrets = [...new Set([...secretsOf(login, sent), ...before.slice(0, 20)])].sort(
      (a, b) => b.length - a.length,
    );
  }

  #error(reason: string): CredentialsError {
    return new CredentialsError(`${this.#server} was not asked: ${readableText(reason, this.#secrets)}`);
  }
}

function isSame(one: SentHeaders, other: SentHeaders): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
