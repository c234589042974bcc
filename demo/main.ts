import type { ServerName } from '../test/support/require-servers.js';
import { installServers } from '../test/support/install-servers.js';
import { parseOptions, USAGE } from './options.js';
import { supervise } from './supervise.js';

const SERVERS: readonly ServerName[] = ['redis-server', 'prometheus-pushgateway', 'prometheus'];

/** `npm run demo`: with real servers, or on the memory store where there are none. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options === undefined) {
      console.log(USAGE);
      return 0;
    }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const servers = await installServers(SERVERS, { ask: true });
  if (servers.outcome !== 'missing') return supervise('with-servers.js', args);
  console.log(`Not here: ${servers.servers.join(', ')}. The values stay in memory, and nothing is pushed.\n`);
  const code = await supervise('with-memory.js', args);
  console.log(`\nTo see the values arrive in Redis, on a Pushgateway and in Prometheus:\n${servers.message}`);
  return code;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // Ctrl-C at the question whether to install.
  const isInterrupt = (error as Error).name === 'AbortError';
  console.error(isInterrupt ? '' : `The demo has failed: ${(error as Error).message}`);
  process.exitCode = isInterrupt ? 130 : 1;
}
