import { waitFor } from '../../support/wait-for.js';

describe('waitFor', () => {
  test('gives the first truthy result', async () => {
    const results = [0, '', undefined, 'there', 'later'];
    await expect(waitFor(() => results.shift(), { intervalMs: 1 })).resolves.toBe('there');
    expect(results).toEqual(['later']);
  });

  test('asks again after an error', async () => {
    let calls = 0;
    const condition = (): Promise<string> =>
      ++calls < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve('there');
    await expect(waitFor(condition, { intervalMs: 1 })).resolves.toBe('there');
    expect(calls).toBe(3);
  });

  test('fails with what was waited for and the last value', async () => {
    const waiting = waitFor(() => [1, 2].length > 5 && 'never', {
      timeoutMs: 30,
      intervalMs: 5,
      message: 'six numbers',
    });
    await expect(waiting).rejects.toThrow(
      /^Waited 30 ms for six numbers, in vain; last value: false \(looked \d+ times\)$/,
    );
  });

  test('fails with the last error, which it keeps as the cause', async () => {
    const error = new Error('connection refused');
    const waiting = waitFor(() => Promise.reject(error), { timeoutMs: 20, intervalMs: 5 });
    await expect(waiting).rejects.toMatchObject({
      message: expect.stringContaining('the condition, in vain; last error: connection refused'),
      cause: error,
    });
  });

  test('keeps its deadline though the condition never settles', async () => {
    const waiting = waitFor(() => new Promise<string>(() => undefined), { timeoutMs: 30 });
    await expect(waiting).rejects.toThrow('the condition never settled');
  });

  test('tells what an earlier look gave when the deadline cuts the last one off', async () => {
    let calls = 0;
    const condition = (): Promise<boolean> => (++calls === 1 ? Promise.resolve(false) : new Promise(() => undefined));
    await expect(waitFor(condition, { timeoutMs: 30, intervalMs: 1 })).rejects.toThrow(
      'last value: false (looked 2 times)',
    );
  });
});
