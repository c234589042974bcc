import { PushgatewayClient, SingleGateway } from '../../../lib/gateway/index.js';
import { failureOf, fakeServers } from '../http/support.js';

const startServer = fakeServers();
const GROUP = { job: 'shop', instance: 'localhost', labels: { zone: 'a/b' } };

describe('the pool of one gateway', () => {
  it('pushes, adds and deletes there', async () => {
    const server = await startServer();
    const pool = new SingleGateway(new PushgatewayClient({ host: server.address }));
    expect(pool.addresses).toEqual([server.url]);
    const answer = { gateway: server.url, gateways: [server.url] };
    await expect(pool.push(GROUP, 'a 1\n')).resolves.toEqual(answer);
    await expect(pool.pushAdd(GROUP, 'a 1\n')).resolves.toEqual(answer);
    await expect(pool.delete(GROUP)).resolves.toEqual(answer);
    const url = '/metrics/job/shop/instance/localhost/zone@base64/YS9i';
    expect(server.seen).toMatchObject([
      { method: 'PUT', url },
      { method: 'POST', url },
      { method: 'DELETE', url },
    ]);
  });

  it("fails as its gateway's client does", async () => {
    const pool = new SingleGateway(new PushgatewayClient({ host: '127.0.0.1:1' }));
    expect(await failureOf(pool.push(GROUP, 'a 1\n'))).toMatchObject({ reason: 'ECONNREFUSED' });
  });
});
