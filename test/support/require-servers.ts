import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Named as the Debian package that brings it. */
export type ServerName = 'redis-server' | 'prometheus-pushgateway' | 'prometheus' | 'haproxy' | 'chromium';

/** Only for `npm run test:servers`, which brings them. */
export type FurtherServerName = 'nginx' | 'caddy' | 'lighttpd' | 'nutcracker' | 'victoria-metrics';

/** Chromium is no server, but brought and asked for in the same way: it looks at the console's page. */
export const SERVER_NAMES: readonly ServerName[] = [
  'redis-server',
  'prometheus-pushgateway',
  'prometheus',
  'haproxy',
  'chromium',
];

/** Each inner list: one program and the other names it goes by outside Debian. */
const PROGRAMS: Readonly<Record<ServerName, readonly (readonly string[])[]>> = {
  'redis-server': [['redis-server']],
  'prometheus-pushgateway': [['prometheus-pushgateway', 'pushgateway']],
  prometheus: [['prometheus'], ['promtool']],
  haproxy: [['haproxy']],
  chromium: [['chromium', 'chromium-browser', 'google-chrome']],
};

/** Debian keeps daemons in sbin, which is not on an ordinary user's PATH. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/** Path of a program on the PATH or in sbin. */
export function findProgram(
  names: string | readonly string[],
  path: string = process.env['PATH'] ?? '',
): string | undefined {
  const folders = [...path.split(delimiter).filter(Boolean), ...MORE_FOLDERS];
  for (const name of typeof names === 'string' ? [names] : names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found) return found;
  }
  return undefined;
}

/** Whether all programs of a server are there. */
export function isInstalled(name: ServerName, path?: string): boolean {
  return PROGRAMS[name].every((program) => findProgram(program, path) !== undefined);
}

export function missingServers(names: readonly ServerName[] = SERVER_NAMES, path?: string): ServerName[] {
  return names.filter((name) => !isInstalled(name, path));
}

/** Path of the server's program, or an error that says how to get it. */
export function requireServer(name: ServerName | FurtherServerName, path?: string): string {
  const [program] = name in PROGRAMS ? PROGRAMS[name as ServerName] : [[name]];
  const found = findProgram(program ?? name, path);
  if (!found) throw new Error(missingMessage([name]));
  return found;
}

export function missingMessage(names: readonly string[]): string {
  return [
    `Not installed: ${names.join(', ')} (neither on the PATH nor in ${MORE_FOLDERS.join(', ')}).`,
    `On Debian or Ubuntu: ${installCommand(names)}`,
    'On other systems: install the programs of these names and put them on the PATH.',
  ].join('\n');
}

/** What a person types to install these packages. */
export function installCommand(names: readonly string[]): string {
  return `sudo apt-get update && sudo apt-get install --no-install-recommends ${names.join(' ')}`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * Jest's globalSetup of the tests that talk to real servers: says what to install once, not test by test. Jest loads
 * it without moduleNameMapper, so this file can import nothing of ours.
 */
export default function requireServers(): void {
  const missing = missingServers();
  if (missing.length > 0) throw new Error(missingMessage(missing));
}
