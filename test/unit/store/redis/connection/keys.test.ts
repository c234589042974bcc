import { groupKeys } from '../../../../../lib/store/redis/connection/keys.js';

const baseOf = (labels: Record<string, string>): string => groupKeys('p', { job: 'j', instance: 'i', labels })[1];

describe('the keys of a group', () => {
  it('are those of no other one, whatever signs its labels have', () => {
    const all = [{ 'a=b': 'c' }, { a: 'b=c' }, { 'a%3Db': 'c' }, { a: 'b%3Dc' }, { 'a/b': 'c' }].map(baseOf);
    expect(new Set(all).size).toBe(all.length);
  });

  it('stay as they are for names of the classic form', () => {
    expect(baseOf({ region: 'e=u' })).toBe('p:{j/instance%3Di/region%3De%3Du}:');
  });
});
