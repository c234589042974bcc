import { contestText } from '../../../lib/push/contest-text.js';

const BUCKETS = `histogram with buckets ${Array.from({ length: 100 }, (_, at) => at).join(', ')}`;

it('says what is shown, and what ends the waiting', () => {
  const waiting = [{ shape: 'counter', wasReplaced: false }];
  expect(contestText({ family: 'depth', shown: 'gauge', waiting })).toBe(
    'metric "depth" is shown as gauge, values as counter wait until no living process defines it as gauge',
  );
});

it('says of a definition that was replaced that it does not come back by itself', () => {
  const waiting = [{ shape: 'counter', wasReplaced: true }];
  expect(contestText({ family: 'depth', shown: 'gauge', waiting })).toBe(
    'metric "depth" is shown as gauge, values as counter wait: that definition was replaced. ' +
      'End the processes that still have it, or clear the metric',
  );
});

it('cuts thousands of buckets short', () => {
  const text = contestText({ family: 'seconds', shown: BUCKETS, waiting: [{ shape: 'gauge', wasReplaced: false }] });
  expect(text).toContain(`shown as ${BUCKETS.slice(0, 80)}..., values as gauge wait`);
  expect(text.length).toBeLessThan(300);
});
