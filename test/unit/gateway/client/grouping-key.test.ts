import { type GroupingKey, groupingPath } from '../../../../lib/gateway/index.js';

describe('groupingPath', () => {
  it.each<[GroupingKey, string]>([
    [{ job: 'shop' }, '/metrics/job/shop'],
    [{ job: 'shop', instance: 'localhost' }, '/metrics/job/shop/instance/localhost'],
    [{ job: 'two words' }, '/metrics/job/two%20words'],
    [{ job: 'a+b' }, '/metrics/job/a%2Bb'],
    [{ job: 'a/b' }, '/metrics/job@base64/YS9i'],
    [{ job: 'a', path: '/?>' }, '/metrics/job/a/path@base64/Lz8-'],
    [{ job: 'a', instance: '' }, '/metrics/job/a/instance@base64/='],
    [{ job: '.' }, '/metrics/job@base64/Lg'],
    [{ job: '..' }, '/metrics/job@base64/Li4'],
    [{ job: '...' }, '/metrics/job/...'],
    [{ job: 'größe' }, '/metrics/job/gr%C3%B6%C3%9Fe'],
    [{ job: '100%?#&=@:' }, '/metrics/job/100%25%3F%23%26%3D%40%3A'],
    [{ job: 'lone \ud800' }, '/metrics/job/lone%20%EF%BF%BD'],
  ])('%j becomes %s', (key, path) => {
    expect(groupingPath(key)).toBe(path);
  });

  it('is the same in whatever order the labels come', () => {
    expect(groupingPath({ zone: 'z', instance: 'i', job: 'j' })).toBe('/metrics/job/j/instance/i/zone/z');
    expect(groupingPath({ job: 'j', instance: 'i', zone: 'z' })).toBe('/metrics/job/j/instance/i/zone/z');
  });

  it.each<[string, string]>([
    ['service.name', 'service.name'],
    ['a:b', 'a%3Ab'],
    ['größe', 'gr%C3%B6%C3%9Fe'],
    ['1st', '1st'],
    ['%', '%25'],
    // A gateway would split them, or decode them.
    ['a/b', 'U__a_2f_b'],
    ['..', 'U___2e__2e_'],
    ['1/_', 'U___31__2f___'],
    ['\u{1f600}/', 'U___1f600__2f_'],
    ['a@base64', 'U__a_40_base64'],
    ['U__a.b', 'U__U____a_2e_b'],
  ])('with names in UTF-8 the label %j becomes %s', (label, name) => {
    expect(groupingPath({ job: 'a', [label]: 'x' }, true)).toBe(`/metrics/job/a/${name}/x`);
    expect(groupingPath({ job: 'a', [label]: '/' }, true)).toBe(`/metrics/job/a/${name}@base64/Lw`);
  });

  it.each(['', 'a\0', '__a', '__a.b', '\ud800'])('with names in UTF-8 the label %j is refused', (label) => {
    expect(() => groupingPath({ job: 'a', [label]: 'x' }, true)).toThrow(
      `Invalid grouping label ${JSON.stringify(label)}: expected a text without NUL, not empty, not starting with "__"`,
    );
  });

  it.each<[string, GroupingKey, string]>([
    ['no job', { job: '' }, 'Invalid job: expected a name, got none'],
    ['a job that is no string', { job: 7 as unknown as string }, 'Invalid job'],
    ['a dash', { job: 'a', 'my-label': 'x' }, 'Invalid grouping label "my-label"'],
    ['a digit first', { job: 'a', '1st': 'x' }, 'Invalid grouping label "1st"'],
    ['a reserved name', { job: 'a', __name__: 'x' }, 'Invalid grouping label "__name__"'],
    ['a path', { job: 'a', 'b/c': 'x' }, 'Invalid grouping label "b/c"'],
    ['a value that is no string', { job: 'a', b: 7 as unknown as string }, 'Invalid value of grouping label "b"'],
  ])('refuses %s', (_name, key, message) => {
    expect(() => groupingPath(key)).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIGURATION',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});
