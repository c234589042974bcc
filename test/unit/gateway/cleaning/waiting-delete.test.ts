import { HttpTimeoutError } from '../../../../lib/errors/index.js';
import { deleteWaiting } from '../../../../lib/gateway/cleaning/waiting-delete.js';
import { waitFor } from '../../../support/wait-for.js';

const KEY = { job: 'shop' };

/** Requests that end when the test says so. */
class FakeGateway {
  readonly waiting: { take: () => void; giveUp: () => void }[] = [];

  delete = (): Promise<void> =>
    new Promise((take, reject) => {
      this.waiting.push({
        take,
        giveUp: () => {
          reject(new HttpTimeoutError('too slow'));
        },
      });
    });
}

describe('deleteWaiting', () => {
  it('sends one request to a gateway that answers', async () => {
    let requests = 0;
    const answering = { delete: async () => void (requests += 1) };
    await deleteWaiting(answering, KEY);
    expect(requests).toBe(1);
  });

  it('keeps requests waiting at a frozen gateway, also after the first was given up', async () => {
    const gateway = new FakeGateway();
    const deletion = deleteWaiting(gateway, KEY);
    await waitFor(() => gateway.waiting.length >= 3, { message: 'two more requests' });
    gateway.waiting[0]?.giveUp();
    await expect(deletion).rejects.toThrow('too slow');
    const sent = gateway.waiting.length;
    // The next attempt finds those that were left to wait, and sends its own.
    void deleteWaiting(gateway, KEY);
    expect(gateway.waiting.length).toBe(sent + 1);
    for (const { take } of gateway.waiting) take();
  });

  it('is done when one was taken and none waits any more', async () => {
    const gateway = new FakeGateway();
    let isDone = false;
    const deletion = deleteWaiting(gateway, KEY).then(() => (isDone = true));
    await waitFor(() => gateway.waiting.length >= 3, { message: 'two more requests' });
    gateway.waiting[1]?.take();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDone).toBe(false);
    const sent = gateway.waiting.length;
    for (const { take } of gateway.waiting) take();
    await deletion;
    expect(gateway.waiting.length).toBe(sent);
  });

  it('sends no further request from when none is wanted any more, and waits for those it has sent', async () => {
    const gateway = new FakeGateway();
    let looks = 0;
    const answers = [true, new Error('Redis is away'), true, false];
    const isWanted = async (): Promise<boolean> => {
      const answer = answers[looks++] ?? false;
      if (answer instanceof Error) throw answer;
      return Promise.resolve(answer);
    };
    const deletion = deleteWaiting(gateway, KEY, { isWanted });
    await waitFor(() => looks === answers.length, { message: 'four looks' });
    // The first without a look; where a look fails it is left open whether one is wanted.
    await waitFor(() => gateway.waiting.length === 3, { message: 'three requests' });
    for (const { take } of gateway.waiting) take();
    await deletion;
    expect(looks).toBe(answers.length);
    expect(gateway.waiting).toHaveLength(3);
  });
});
