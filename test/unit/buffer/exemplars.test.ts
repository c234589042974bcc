import { NumberAccumulator, UpdateBuffer } from '../../../lib/buffer/index.js';
import type { Exemplar } from '../../../lib/model/index.js';
import { counter, group, NEVER_MS, openBuffer, refused, ScriptedStore } from './support.js';

const NOW = 1_790_000_000_000;
const exemplar = (trace: string, bucket = 0): Exemplar => ({
  bucket,
  labels: `trace_id="${trace}"`,
  value: 1,
  timeMs: NOW,
});

function count(series: NumberAccumulator, trace: string): void {
  series.add(1);
  series.noteExemplar(exemplar(trace));
}

describe('exemplars that wait', () => {
  it('travel in the batch of their events, again if that is sent again', async () => {
    const store = new ScriptedStore();
    const { buffer, series } = openBuffer(store);
    count(series('type="a"'), 'a');
    series('type="b"').add(1);
    store.answer(refused);
    await expect(buffer.flush()).rejects.toThrow('does not answer');
    await buffer.flush();
    const sent = { exemplars: [{ labels: 'type="a"', exemplars: [exemplar('a')] }] };
    expect(store.batches).toMatchObject([{ families: [sent] }, { families: [sent] }]);
    series('type="a"').add(1);
    await buffer.flush();
    expect(store.batches.at(-1)?.families[0]).not.toHaveProperty('exemplars');
  });

  it('are work too: fewer series go in one batch', async () => {
    const store = new ScriptedStore();
    const { buffer, series } = openBuffer(store);
    for (let at = 0; at < 200; at += 1) count(series(`type="${at}"`), String(at));
    await buffer.flush();
    expect(store.batches.map(({ families }) => families[0]?.updates.length)).toEqual([66, 66, 66, 2]);
  });

  it("are of a time by the store's clock, whatever the process' own says", async () => {
    const store = new ScriptedStore();
    const listener = openBuffer(new ScriptedStore()).listener;
    const learn = jest.fn(() => Promise.resolve());
    const buffer = new UpdateBuffer(group, store.series, NEVER_MS, listener, { aheadMs: -4_000.5, learn });
    const family = buffer.family(counter);
    const series = new NumberAccumulator('type="a"', family);
    series.add(1);
    await buffer.flush();
    expect(learn).not.toHaveBeenCalled();
    count(series, 'a');
    await buffer.flush();
    expect(learn).toHaveBeenCalledTimes(1);
    expect(store.batches.at(-1)?.families[0]?.exemplars?.[0]?.exemplars).toEqual([
      { ...exemplar('a'), timeMs: NOW - 4_000 },
    ]);
    await buffer.close(0);
  });
});
