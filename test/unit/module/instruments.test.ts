import { Logger } from '@nestjs/common';
import { Instruments } from '../../../lib/module/instruments.js';

afterEach(() => jest.restoreAllMocks());

it('an instrument that does not stop holds up neither the others nor the end', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  const stop = jest.fn();
  const stops = [() => Promise.reject(new Error('busy')), stop];
  const instruments = Reflect.construct(Instruments, [stops]) as Instruments;
  await expect(instruments.stop()).resolves.toBeUndefined();
  expect(stop).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls).toEqual([['What measures by itself did not stop: busy']]);
});
