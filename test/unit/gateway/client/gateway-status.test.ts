import { PushgatewayClient } from '../../../../lib/gateway/index.js';
import { fakeServers } from '../../http/support.js';

const startServer = fakeServers();

describe('status', () => {
  const STATUS = JSON.stringify({
    status: 'success',
    data: {
      build_information: { version: '1.5.1' },
      flags: { 'persistence.file': '' },
      start_time: '2024-05-06T07:08:09.123456789Z',
    },
  });
  const statusOf = async (answers: Record<string, [status: number, body: string]>): Promise<unknown> => {
    const server = await startServer({
      answer: (request, response) => {
        const [status, body] = answers[request.url ?? ''] ?? [404, '404 page not found'];
        response.writeHead(status).end(body);
      },
    });
    return new PushgatewayClient({ host: server.url }).status();
  };

  it.each([
    [200, true],
    [503, false],
  ])('tells version, start, flags and readiness (%d)', async (status, ready) => {
    await expect(statusOf({ '/api/v1/status': [200, STATUS], '/-/ready': [status, ''] })).resolves.toEqual({
      version: '1.5.1',
      startTime: new Date('2024-05-06T07:08:09.123Z'),
      flags: { 'persistence.file': '' },
      ready,
    });
  });

  it.each<[string, Record<string, [number, string]>, string, number]>([
    ['the status', { '/-/ready': [200, ''] }, 'refused /api/v1/status (404): 404 page not found', 404],
    ['readiness', { '/api/v1/status': [200, STATUS], '/-/ready': [403, 'no'] }, 'refused /-/ready (403): no', 403],
    ['JSON', { '/api/v1/status': [200, '<html><body>Hello</body></html>'] }, 'as a Pushgateway does (200): Hello', 200],
    ['the fields', { '/api/v1/status': [200, '{"data":{"flags":{}}}'] }, 'as a Pushgateway does (200): {"data"', 200],
    [
      'the version',
      { '/api/v1/status': [200, STATUS.replace('version', 'other')] },
      'as a Pushgateway does (200)',
      200,
    ],
    ['an object', { '/api/v1/status': [200, 'null'] }, 'as a Pushgateway does (200): null', 200],
  ])('says that somebody withholds %s', async (_name, answers, message, status) => {
    await expect(statusOf(answers)).rejects.toMatchObject({
      name: 'GatewayResponseError',
      status,
      message: expect.stringContaining(message) as string,
    });
  });
});
