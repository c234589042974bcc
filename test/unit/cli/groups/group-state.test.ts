import { type Noted, type Ours, type Shown, stateOf } from '../../../../lib/cli/groups/group-state.js';

const A = 'http://a:9091';
const B = 'http://b:9091';
const gateways = [{ url: A }, { url: B }] as unknown as Ours['gateways'];
const ours: Ours = {
  jobs: ['shop'],
  configuredJobs: ['shop'],
  instance: 'prod',
  groupingLabels: {},
  isBroadcast: false,
  gateways,
  olderThanMs: 1_000,
};
const shown = (change: Partial<Shown['group']> = {}, ageMs?: number): Shown => ({
  group: { job: 'shop', instance: 'pod-1', labels: {}, ...change },
  names: [A],
  ageMs,
});
const noted = (change: Partial<Noted & Noted['ledger']> = {}): Noted => ({
  ledger: { holder: change.holder, copies: change.copies ?? [] },
  isAlive: change.isAlive ?? false,
});
const pushedHere = noted({ holder: A, copies: [A] });
const OLD = 5_000;

describe('stateOf', () => {
  it('takes for an orphan only what the store says was pushed there, long ago, by processes that are gone', () => {
    expect(stateOf(shown({}, OLD), pushedHere, ours)).toBe('orphan');
    expect(stateOf(shown({}, 500), pushedHere, ours)).toBe('idle');
    expect(stateOf(shown({}, OLD), noted({ holder: B, copies: [A, B] }), ours)).toBe('orphan');
  });

  it.each([
    ['the store has no note of it', shown({}, OLD), noted(), 'unknown'],
    ['nobody has asked the store', shown({}, OLD), undefined, 'unknown'],
    ['it was pushed to another gateway', shown({}, OLD), noted({ holder: B, copies: [B] }), 'unknown'],
    ['it is of another job', shown({ job: 'other' }, OLD), pushedHere, 'other'],
    ['a process that pushes it lives', shown({}, OLD), noted({ holder: A, copies: [A], isAlive: true }), 'current'],
    ['it is what we push', shown({ instance: 'prod' }, OLD), pushedHere, 'current'],
    ['it belongs elsewhere and lives', shown({}, OLD), noted({ holder: B, copies: [A, B], isAlive: true }), 'copy'],
    ['it is ours and belongs elsewhere', shown({ instance: 'prod' }, OLD), noted({ holder: B, copies: [B] }), 'copy'],
    ['it is ours and was never pushed', shown({ instance: 'prod' }, OLD), noted(), 'unknown'],
  ] as const)('never if %s', (_, group, notes, state) => {
    expect(stateOf(group, notes, ours)).toBe(state);
  });

  it('tells groups apart by all their labels', () => {
    const zoned = { ...ours, groupingLabels: { zone: 'a' } };
    const group = shown({ instance: 'prod', labels: { zone: 'a' } }, OLD);
    expect(stateOf(group, pushedHere, zoned)).toBe('current');
    expect(stateOf(group, pushedHere, ours)).toBe('orphan');
  });

  it('knows a gateway by each of its addresses', () => {
    const aliased = { ...shown({}, OLD), names: [A, 'http://alias:9091'] };
    expect(stateOf(aliased, noted({ holder: 'http://alias:9091', copies: ['http://alias:9091'] }), ours)).toBe(
      'orphan',
    );
  });

  it('belongs to every configured gateway with broadcast, and to no other', () => {
    const broadcast = { ...ours, isBroadcast: true };
    const group = shown({ instance: 'prod' }, OLD);
    expect(stateOf(group, noted({ holder: B, copies: [A, B] }), broadcast)).toBe('current');
    const former = { ...group, names: ['http://former:9091'] };
    expect(stateOf(former, noted({ holder: B, copies: [A, B] }), broadcast)).toBe('copy');
  });

  it('takes groups of a job that is not configured any more only if it is named', () => {
    const named = { ...ours, jobs: ['old-job'] };
    expect(stateOf(shown({ job: 'old-job' }, OLD), pushedHere, ours)).toBe('other');
    expect(stateOf(shown({ job: 'old-job' }, OLD), pushedHere, named)).toBe('orphan');
  });
});
