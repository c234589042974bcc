import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline/promises';

import { INSTALL_SCRIPT } from './install-script.js';
import { findProgram, installCommand, missingMessage, missingServers, type ServerName } from './require-servers.js';

export type InstallResult =
  /** Everything was there already. */
  | { readonly outcome: 'present' }
  | { readonly outcome: 'installed'; readonly servers: readonly ServerName[] }
  | {
      readonly outcome: 'missing';
      readonly servers: readonly ServerName[];
      /** Why, and what to do about it; for people. */
      readonly message: string;
      /** What to type; absent where there is no apt-get. */
      readonly command?: string;
    };

/** The machine as far as an installation is concerned; tests bring their own. */
export interface Host {
  readonly isRoot: boolean;
  /** Whether a person can be asked. */
  readonly hasTerminal: boolean;
  readonly isCi: boolean;
  missing(servers: readonly ServerName[]): ServerName[];
  hasProgram(name: string): boolean;
  confirm(question: string): Promise<boolean>;
  /** Runs a program in the foreground and gives its exit status. */
  run(command: readonly [string, ...string[]]): number;
}

/**
 * Installs those of the servers that are missing, on Debian and Ubuntu with apt-get, as root or through sudo. A person
 * at a terminal is asked first (`ask`). Without a terminal it installs only in CI or as root: nobody there could object.
 */
export async function installServers(
  servers: readonly ServerName[],
  { ask, host = thisMachine() }: { ask: boolean; host?: Host },
): Promise<InstallResult> {
  const missing = host.missing(servers);
  if (missing.length === 0) return { outcome: 'present' };

  const refused = (reason: string, command?: string): InstallResult => ({
    outcome: 'missing',
    servers: missing,
    message: command === undefined ? reason : `${reason}\nTo install: ${command}`,
    ...(command === undefined ? {} : { command }),
  });
  if (!host.hasProgram('apt-get')) return refused(missingMessage(missing));

  const command = installCommand(missing);
  const names = missing.join(', ');
  if (!host.isRoot && !host.hasProgram('sudo')) {
    return refused(`Not installed: ${names}. Installing takes root; there is no sudo here.`, command);
  }
  const aPersonWatches = host.hasTerminal && !host.isCi;
  if (!aPersonWatches && !host.isCi && !host.isRoot) {
    return refused(`Not installed: ${names}. There is no terminal to ask for leave to install.`, command);
  }
  if (ask && aPersonWatches && !(await host.confirm(`Install ${names} with apt-get?`))) {
    return refused(`Not installed, as you wished: ${names}.`, command);
  }

  const status = host.run(asRoot(host, aPersonWatches, ['sh', '-c', INSTALL_SCRIPT, 'install-servers', ...missing]));
  const stillMissing = host.missing(missing);
  if (status === 0 && stillMissing.length === 0) return { outcome: 'installed', servers: missing };
  const what =
    status === 0 ? `apt-get brought no program for ${stillMissing.join(', ')}` : `apt-get failed (${status})`;
  return refused(`Not installed: ${names}: ${what}.`, command);
}

function asRoot(host: Host, mayAsk: boolean, command: readonly [string, ...string[]]): [string, ...string[]] {
  if (host.isRoot) return [...command];
  // -n: without a person sudo must fail instead of waiting for a password.
  return mayAsk ? ['sudo', ...command] : ['sudo', '-n', ...command];
}

function thisMachine(): Host {
  return {
    isRoot: process.getuid?.() === 0,
    hasTerminal: process.stdin.isTTY && process.stdout.isTTY,
    isCi: Boolean(process.env['CI']) && process.env['CI'] !== 'false',
    missing: (servers) => missingServers(servers),
    hasProgram: (name) => findProgram(name) !== undefined,
    confirm: async (question) => {
      const terminal = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return /^(y|yes)?$/i.test((await terminal.question(`${question} [Y/n] `)).trim());
      } finally {
        terminal.close();
      }
    },
    run: ([program, ...args]) => spawnSync(program, args, { stdio: 'inherit' }).status ?? 1,
  };
}
