import { setTimeout as wait } from 'node:timers/promises';
import { RedisConnectionHolder } from '../../../../../lib/store/redis/connection/redis-connection.js';

/** Nobody listens there. */
const NOBODY = { host: '127.0.0.1', port: 1 };
/** Far less than a command may take, and far more than it takes to refuse one. */
const AT_ONCE_MS = 2_500;

const connections: RedisConnectionHolder[] = [];
// What a test that fails has left open would keep the process alive.
afterEach(() => Promise.all(connections.splice(0).map((connection) => connection.close())));

function connect(): RedisConnectionHolder {
  const connection = new RedisConnectionHolder(NOBODY);
  connections.push(connection);
  return connection;
}

/** How a command ends; undefined if it does not. */
async function endOf(connection: RedisConnectionHolder): Promise<string | undefined> {
  const command = connection.run((client) => client.ping()).catch((error: unknown) => (error as Error).message);
  return Promise.race([command, wait(AT_ONCE_MS, undefined, { ref: false })]);
}

describe('a connection that is closed', () => {
  it('refuses commands at once, also while its client waits to reconnect', async () => {
    const connection = connect();
    expect(await endOf(connection)).toMatch(/unreachable: connect ECONNREFUSED/);
    await connection.close();
    expect(await endOf(connection)).toMatch(/unreachable: connect ECONNREFUSED/);
  });

  it('is not opened any more', async () => {
    const connection = connect();
    await connection.close();
    expect(await endOf(connection)).toMatch(/unreachable: Connection is closed\./);
  });
});
