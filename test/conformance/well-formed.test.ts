import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { formatFamilies, formatMessages } from '../../lib/exposition/index.js';
import { plainMessages } from '../../lib/gateway/client/protobuf-body.js';
import { type BothFormats, PushgatewayClient, UTF8_FLAG } from '../../lib/gateway/index.js';
import type { FamilyChunk } from '../../lib/model/index.js';
import { anyFamilies, NOW } from '../support/any-families.js';
import {
  type DecodedFamily,
  type DecodedLabel,
  type DecodedMetric,
  decodeFamilies,
  type DecodedTime,
} from '../support/protobuf/decode.js';
import { type RunningServer, startPushgateway } from '../support/servers.js';

/** `FORM_RUNS=3000 npx jest --selectProjects conformance -- well-formed` is the long form; on newer servers: `npm run test:servers -- sid well-formed`. */
const RUNS = Number(process.env['FORM_RUNS'] ?? 15);
const KEY = { job: 'shop', instance: 'localhost' };
const TEXT = 'text/plain;version=1.0.0;escaping=allow-utf-8';
const MESSAGES =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;escaping=allow-utf-8';

const run = promisify(execFile);
const helpOf = (program: string): string => execFileSync(program, ['--help'], { encoding: 'utf8', stdio: 'pipe' });
/** Pushgateway 1.11 and later: others take names of the classic form only. */
const utf8Names = helpOf('prometheus-pushgateway').includes(UTF8_FLAG);
/** Also where a gateway takes any name: `promtool check metrics`, up to 3.5 at least, reads those of the classic form only. */
const input = fc
  .constantFrom(...new Set([false, utf8Names]))
  .chain((isAnyName) => anyFamilies(isAnyName).map((families) => ({ families, isForPromtool: !isAnyName })));

let server: RunningServer;
beforeAll(async () => {
  server = await startPushgateway({ args: utf8Names ? [`--${UTF8_FLAG}`] : [] });
});
afterAll(() => server.stop());

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

async function* pieces<Piece>(chunks: AsyncIterable<{ piece: Piece }>): AsyncGenerator<Piece> {
  for await (const { piece } of chunks) yield piece;
}

const bothOf = (families: readonly FamilyChunk[]): Required<Pick<BothFormats, 'text' | 'protobuf'>> => ({
  text: () => pieces(formatFamilies(each([families]), NOW)),
  protobuf: () => pieces(formatMessages(each([families]), NOW)),
});

async function shown(accept: string): Promise<Buffer> {
  const response = await fetch(`${server.url}/metrics`, { headers: { accept } });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

/** Of what the gateway has for itself, nothing. */
const isPushed = (name: string): boolean => !/^(go|process|push|pushgateway|promhttp)_/.test(name);

async function shownText(): Promise<string> {
  const page = (await shown(TEXT)).toString();
  const families = page.split(/^(?=# HELP )/m);
  return families.filter((part) => isPushed(part.slice('# HELP '.length))).join('');
}

/** What promtool cannot read; undefined if it can. Its advice on names and help, which ends with 3, is no fault of form. */
async function unreadable(text: string): Promise<string | undefined> {
  const checking = run('promtool', ['check', 'metrics']);
  checking.child.stdin?.end(text);
  try {
    await checking;
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    if (code !== 3) return `promtool ended with ${code}: ${stderr}`;
  }
  return undefined;
}

const TIMES = ['timestamp', 'startTimestamp'];
const keyOf = (labels: unknown): string => JSON.stringify(labels ?? []);

/** A decoded message with labels and series in an order of their own, and the zeros of a time, which a gateway leaves out. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([field, of]) => {
    if (TIMES.includes(field)) return [field, { ...{ seconds: 0, nanos: 0 }, ...(of as DecodedTime) }];
    const ordered = inOrder(of);
    if (field === 'label') (ordered as DecodedLabel[]).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (field === 'metric') (ordered as DecodedMetric[]).sort((a, b) => (keyOf(a.label) < keyOf(b.label) ? -1 : 1));
    return [field, ordered];
  });
  return Object.fromEntries(entries);
}

/** Each family by its name. Gateways take the unit, and do not show it. */
function byName(families: readonly DecodedFamily[], grouping: Record<string, string> = {}): unknown {
  const further = Object.entries(grouping).map(([name, value]) => ({ name, value }));
  return Object.fromEntries(
    families.map(({ unit: _, metric = [], ...family }) => {
      const all = metric.map(({ label = [], ...one }) => ({ ...one, label: [...label, ...further] }));
      return [family.name, inOrder({ ...family, metric: all })];
    }),
  );
}

it(
  `promtool, a decoder that is not ours and a gateway read the same in any metrics (names in UTF-8: ${utf8Names})`,
  async () => {
    const property = fc.asyncProperty(input, fc.boolean(), async ({ families, isForPromtool }, gzip) => {
      const push = (format: 'text' | 'protobuf'): Promise<unknown> =>
        new PushgatewayClient({ host: server.address, format, gzip }).push(KEY, bothOf(families));
      await push('text');
      const shownOfText = await shownText();
      await push('protobuf');
      const [shownOfMessages, page, fault] = await Promise.all([
        shownText(),
        shown(MESSAGES),
        isForPromtool ? unreadable(shownOfText) : undefined,
      ]);
      expect(fault).toBeUndefined();
      expect(shownOfMessages).toBe(shownOfText);
      const written = decodeFamilies(await plainMessages(bothOf(families).protobuf, ''));
      const read = decodeFamilies(page).filter(({ name }) => isPushed(name));
      expect(written.map(({ name }) => name)).toEqual(families.map(({ definition }) => definition.name));
      expect(byName(read)).toEqual(byName(written, KEY));
    });
    await fc.assert(property, { numRuns: RUNS });
  },
  60_000 + RUNS * 2_000,
);
