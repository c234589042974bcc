import { installServers } from './install-servers.js';
import { SERVER_NAMES } from './require-servers.js';

// `node dist/test/support/install-servers.cli.js`: whatever the tests need, asking a person first.
const result = await installServers(SERVER_NAMES, { ask: true }).catch((error: unknown) => {
  if ((error as Error).name !== 'AbortError') throw error;
  return { outcome: 'missing', message: 'Interrupted: nothing was installed.' } as const;
});
switch (result.outcome) {
  case 'present':
    console.log(`Servers: ${SERVER_NAMES.join(', ')} are there.`);
    break;
  case 'installed':
    console.log(`Servers: installed ${result.servers.join(', ')}.`);
    break;
  case 'missing':
    console.error(result.message);
    process.exitCode = 1;
}
