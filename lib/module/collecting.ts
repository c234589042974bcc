import type { InjectionToken } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { ConfigurationError } from '../errors/index.js';
import type { OnCollect } from '../metrics/index.js';
import type { Collectors } from '../push/index.js';

interface Optional {
  readonly token: InjectionToken;
  readonly optional?: boolean;
}

/** Gives what metrics' `collect` wants injected: providers of the whole application, once all of them are made. */
export class Collecting {
  /** Until the application has started. */
  #waiting: (() => unknown)[] | undefined = [];

  constructor(
    private readonly collectors: Collectors,
    private readonly moduleRef: ModuleRef,
    /** Whether this process runs a command. It is none of those that are counted. */
    private readonly isCommand: boolean,
  ) {}

  readonly add: OnCollect = (handle, { collect, inject, by, timeoutMs }, jobs) => {
    if (this.isCommand && by === 'each') return;
    let injected: unknown[] | undefined;
    const prepare = (): unknown[] => (injected ??= inject.map((token) => this.#provided(token, handle.name)));
    this.#waiting?.push(prepare);
    this.collectors.add({
      metric: handle.name,
      jobs,
      by,
      timeoutMs,
      collect: () => collect.call(handle, handle, ...prepare()),
    });
  };

  /** @throws ConfigurationError for what nobody provides. */
  start(): void {
    for (const prepare of this.#waiting ?? []) prepare();
    this.#waiting = undefined;
  }

  #provided(wanted: unknown, metric: string): unknown {
    const { token, optional = false } = asOptional(wanted);
    try {
      return this.moduleRef.get(tokenOf(token), { strict: false });
    } catch (error) {
      if (optional) return undefined;
      const name = typeof token === 'function' ? token.name : String(token);
      throw new ConfigurationError(
        `Metric "${metric}" collects with "${name}", which cannot be injected: expected a provider of any module of the ` +
          `application, of the default scope (${(error as Error).message})`,
        { cause: error },
      );
    }
  }
}

function asOptional(wanted: unknown): Optional {
  return typeof wanted === 'object' && wanted !== null && 'token' in wanted
    ? (wanted as Optional)
    : { token: wanted as InjectionToken };
}

/** What `forwardRef` stands for. */
function tokenOf(token: InjectionToken): InjectionToken {
  return typeof token === 'object' && 'forwardRef' in token
    ? (token as unknown as { forwardRef: () => InjectionToken }).forwardRef()
    : token;
}
