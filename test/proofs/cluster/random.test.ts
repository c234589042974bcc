import { chooserOf, randomFault } from './random.js';
import { strategies } from './strategies.js';

const [balanced, listed] = ['haproxy uri', 'ours, list'].map((wanted) =>
  strategies.find(({ name }) => name === wanted),
) as [(typeof strategies)[number], (typeof strategies)[number]];

describe('chooserOf', () => {
  it('chooses the same for the same seed, something else for another', () => {
    const choicesOf = (seed: number) => Array.from({ length: 20 }, chooserOf(seed).bind(undefined, 1_000));
    expect(choicesOf(7)).toEqual(choicesOf(7));
    expect(choicesOf(7)).not.toEqual(choicesOf(8));
  });

  it('chooses all there is, and nothing else', () => {
    const choose = chooserOf(1);
    const chosen = new Set(Array.from({ length: 500 }, () => choose(7)));
    expect([...chosen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('randomFault', () => {
  it('is the same sequence for the same seed', () => {
    expect(randomFault(3, 60, listed).name).toBe(randomFault(3, 60, listed).name);
    expect(randomFault(3, 60, listed).name).not.toBe(randomFault(4, 60, listed).name);
  });

  it('has only what can happen to the strategy', () => {
    const seeds = Array.from({ length: 200 }, (_, seed) => seed);
    const namesFor = (strategy: (typeof strategies)[number]) =>
      seeds.map((seed) => randomFault(seed, 60, strategy).name).join(', ');
    expect(namesFor(listed)).toContain('gateway added, removed');
    expect(namesFor(listed)).not.toContain('HAProxy killed');
    expect(namesFor(balanced)).toContain('HAProxy killed');
    expect(namesFor(balanced)).not.toContain('gateway added, removed');
    expect(namesFor(balanced)).not.toMatch(/none|each step/);
  });

  it('asks for the cluster that its faults need', () => {
    const withFour = Array.from({ length: 100 }, (_, seed) => randomFault(seed, 60, listed)).filter(({ name }) =>
      name.includes('4 pushers'),
    );
    expect(withFour.length).toBeGreaterThan(0);
    const stale = Array.from({ length: 100 }, (_, seed) => randomFault(seed, 60, listed)).filter(({ name }) =>
      name.includes('back stale'),
    );
    for (const { cluster } of stale) expect(cluster).toMatchObject({ persistent: true });
    for (const { cluster } of withFour) expect(cluster).toMatchObject({ pushers: 4 });
  });
});
