import { formatOpenMetrics } from '../../../lib/exposition/index.js';
import { bytesOf, type FamilyChunk, type ResolvedDefinition, resolveDefinition } from '../../../lib/model/index.js';
import { labelled, labelsOfGroup } from '../../../lib/scrape/labelled.js';
import { choiceFor, takesGzip } from '../../../lib/scrape/negotiate.js';
import { resolveScrapeOptions } from '../../../lib/scrape/scrape-options.js';

const PROTOBUF = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

describe('the format of an answer', () => {
  it.each([
    ['', 'text'],
    ['*/*', 'text'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8', 'text'],
    // Prometheus 2.42; the same with native histograms; Prometheus 3.
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    [
      `${PROTOBUF},application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
      'protobuf',
    ],
    [
      `application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,${PROTOBUF};q=0.2,*/*;q=0.1`,
      'openmetrics',
    ],
    ['text/plain;version=0.0.4;q=0.2,application/openmetrics-text;q=0.1', 'text'],
    ['application/openmetrics-text;q=0,*/*;q=0.1', 'text'],
    ['application/openmetrics-text;version=0.0.1', 'text'],
    ['application/vnd.google.protobuf;proto=other', 'text'],
    ['application/json', 'text'],
  ])('to "%s" is %s', (accept, format) => {
    expect(choiceFor(accept).format).toBe(format);
  });

  it.each([
    ['', true],
    ['text/html,*/*;q=0.8', true],
    ['text/plain;version=1.0.0;escaping=allow-utf-8', 'declared'],
    ['application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,*/*;q=0.1', false],
    ['application/openmetrics-text;version=1.0.0,*/*;q=0.1', false],
    [PROTOBUF, false],
    [`${PROTOBUF};escaping=allow-utf-8`, 'declared'],
  ])('to "%s" may have names in UTF-8: %s', (accept, utf8Names) => {
    expect(choiceFor(accept).utf8Names).toBe(utf8Names);
  });

  it.each([
    ['gzip', true],
    ['deflate, gzip;q=0.5', true],
    ['*', true],
    ['gzip;q=0, *', false],
    ['identity', false],
    ['', false],
  ])('is compressed for "%s": %s', (header, expected) => {
    expect(takesGzip(header)).toBe(expected);
  });
});

const counter = resolveDefinition({ name: 'a_total', help: 'A', type: 'counter', labelNames: ['x'] });
const old = resolveDefinition({ name: 'old', help: 'O', type: 'counter' });

async function* readingOf(definition: ResolvedDefinition, chunk: FamilyChunk['chunk']): AsyncGenerator<FamilyChunk[]> {
  yield await Promise.resolve([{ definition, chunk }]);
}

async function textOf(chunks: ReturnType<typeof formatOpenMetrics>): Promise<string> {
  let text = '';
  for await (const { piece } of chunks) for (const part of bytesOf(piece)) text += Buffer.from(part).toString();
  return text;
}

describe('series with the labels of their group', () => {
  const group = { job: 'shop', instance: 'i-ü', labels: { env: 'prod' } };
  const labels = labelsOfGroup(group, { way: 'a"b' });
  const exemplar = { bucket: 0, labels: 'trace_id="t"', value: 2, timeMs: 1_500 };
  const lines = Buffer.from('a_total{x="1"} 2\na_total{x="ü{} ,"} 3\n');
  const starts = new Map([
    ['x="1"', 1_000],
    ['x="ü{} ,"', 2_000],
    ['', 3_000],
  ]);
  const startOf = (text: Uint8Array, from: number, to: number): number =>
    starts.get(Buffer.from(text.subarray(from, to)).toString()) ?? -1;

  it('are the same lines, with their starts and exemplars', async () => {
    const chunk = { lines: [lines], series: 2, startOf, exemplars: new Map([['x="1"', [exemplar]]]) };
    const text = await textOf(formatOpenMetrics(labelled(readingOf(counter, chunk), labels), 0, { created: true }));
    expect(labels).toBe('env="prod",instance="i-ü",job="shop",way="a\\"b"');
    expect(text).toBe(
      '# HELP a A\n# TYPE a counter\n' +
        `a_total{${labels},x="1"} 2 # {trace_id="t"} 2 1.500\n` +
        `a_created{${labels},x="1"} 1.000\n` +
        `a_total{${labels},x="ü{} ,"} 3\n` +
        `a_created{${labels},x="ü{} ,"} 2.000\n# EOF\n`,
    );
  });

  it('are so without labels of their own, and where the name is short and series are many', async () => {
    const short = resolveDefinition({ name: 'a', help: 'A', type: 'gauge' });
    const many = Buffer.from('a 1\n'.repeat(100));
    const text = await textOf(formatOpenMetrics(labelled(readingOf(short, { lines: [many], series: 100 }), labels), 0));
    expect(text).toBe(`# HELP a A\n# TYPE a gauge\n${`a{${labels}} 1\n`.repeat(100)}# EOF\n`);
    const total = { lines: [Buffer.from('a_total 1\n')], series: 1, startOf };
    expect(
      await textOf(formatOpenMetrics(labelled(readingOf(counter, total), 'j="s"'), 0, { created: true })),
    ).toContain('a_total{j="s"} 1\na_created{j="s"} 3.000\n');
  });

  it('are so where the name stands in the braces', async () => {
    const dotted = resolveDefinition(
      { name: 'a "b".c', help: 'A', type: 'gauge', labelNames: ['x'] },
      { utf8Names: true },
    );
    const name = '"a \\"b\\".c"';
    const own = Buffer.from(`{${name},x="1"} 2\n{${name}} 3\n`);
    let text = '';
    for await (const [reading] of labelled(readingOf(dotted, { lines: [own], series: 2 }), labels)) {
      if (reading && 'lines' in reading.chunk) text += Buffer.concat(reading.chunk.lines).toString();
    }
    expect(text).toBe(`{${name},${labels},x="1"} 2\n{${name},${labels}} 3\n`);
  });

  it('of objects are the same; a counter without _total is unknown, and has nothing of a counter', async () => {
    const series = [{ labels: '', value: 4, startMs: 1_000, exemplars: [exemplar] }];
    const shown = (definition: ResolvedDefinition) =>
      textOf(formatOpenMetrics(labelled(readingOf(definition, series), 'j="s"'), 0, { created: true }));
    expect(await shown(counter)).toContain('a_total{j="s"} 4 # {trace_id="t"} 2 1.500\na_created{j="s"} 1.000\n');
    expect(await shown(old)).toBe('# HELP old O\n# TYPE old unknown\nold{j="s"} 4\n# EOF\n');
  });
});

describe('the options of a scrape', () => {
  it('have defaults', () => {
    expect(resolveScrapeOptions()).toEqual({ path: 'metrics', guards: [], labels: {}, created: false, imports: [] });
  });

  it('are refused with every fault', () => {
    const faulty = { path: 'a b', guards: [undefined], labels: { job: 'x', a: '' }, creatd: true, created: 1 } as never;
    expect(() => resolveScrapeOptions(faulty)).toThrow(
      /unknown option creatd.*path: expected.*guards: expected.*created: expected.*"job".*labels\.a: expected a text/,
    );
    expect(() => resolveScrapeOptions({ controller: Date, path: 'x' })).toThrow('either controller or path and guards');
  });
});
