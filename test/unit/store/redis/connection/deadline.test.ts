import { Deadline } from '../../../../../lib/store/redis/connection/deadline.js';

const never = new Promise<never>(() => undefined);

describe('Deadline', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives the answer that comes in time', async () => {
    await expect(new Deadline(2_000).limit(Promise.resolve('PONG'))).resolves.toBe('PONG');
  });

  it('gives the error that comes in time', async () => {
    await expect(new Deadline(2_000).limit(Promise.reject(new Error('OOM')))).rejects.toThrow('OOM');
  });

  it('rejects when the time is over', async () => {
    const limited = new Deadline(2_000).limit(never);
    jest.advanceTimersByTime(2_000);
    await expect(limited).rejects.toThrow('no answer within 2000 ms');
  });

  it('rejects when it is made to pass, with that reason, once', async () => {
    const deadline = new Deadline(2_000);
    const limited = deadline.limit(never);
    const passed: string[] = [];
    deadline.whenPassed(never, () => passed.push('passed'));
    deadline.pass(new Error('Connection is closed.'));
    jest.advanceTimersByTime(2_000);
    await expect(limited).rejects.toThrow('Connection is closed.');
    expect(passed).toEqual(['passed']);
  });

  it('limits nothing to a time that is over already', async () => {
    const deadline = new Deadline(2_000);
    jest.advanceTimersByTime(2_000);
    await expect(deadline.limit(never)).rejects.toThrow('no answer within 2000 ms');
  });

  it('throws once it has passed', () => {
    const deadline = new Deadline(2_000);
    deadline.throwIfPassed();
    jest.advanceTimersByTime(2_000);
    expect(() => {
      deadline.throwIfPassed();
    }).toThrow('no answer within 2000 ms');
  });

  it('tells nobody whose answer came before', async () => {
    const deadline = new Deadline(2_000);
    const passed: string[] = [];
    const refused = Promise.reject(new Error('OOM'));
    deadline.whenPassed(Promise.resolve('PONG'), () => passed.push('answered'));
    deadline.whenPassed(refused, () => passed.push('refused'));
    deadline.whenPassed(never, () => passed.push('open'));
    await refused.catch(() => undefined);
    jest.advanceTimersByTime(2_000);
    expect(passed).toEqual(['open']);
  });

  it('leaves no timer behind when it has ended', () => {
    const deadline = new Deadline(2_000);
    expect(jest.getTimerCount()).toBe(1);
    deadline.end();
    expect(jest.getTimerCount()).toBe(0);
  });
});
