import { type BodyChunk, formatFamilies, formatMessages, formatOpenMetrics } from '../exposition/index.js';
import { CONTENT_TYPES, gzippedBody, gzippedMessages, plainMessages } from '../gateway/index.js';
import { bytesOf, type FamilyChunk, type TextPiece } from '../model/index.js';
import type { StoredFamily } from '../store/index.js';
import type { ScrapeFormat } from './negotiate.js';
import type { ScrapedGroup } from './scraped-group.js';

export const SCRAPE_TYPES: Readonly<Record<ScrapeFormat, string>> = {
  ...CONTENT_TYPES,
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

export interface BodyOptions {
  readonly format: ScrapeFormat;
  readonly gzip: boolean;
  readonly created: boolean;
  /** Names of families to show, or of their lines, such as `x_bucket`. Default: all. */
  readonly names: readonly string[];
  /** Whether the reader takes names that are not of the classic form. */
  readonly utf8Names: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * The whole body, made piece by piece: nothing is sent before the store has given everything, and a slow reader holds up nobody. It is
 * kept compressed where the reader takes that.
 */
export async function bodyOf(groups: readonly ScrapedGroup[], options: BodyOptions): Promise<readonly Uint8Array[]> {
  const { format, gzip, created, now } = options;
  const readings = familiesOf(groups, options);
  if (format === 'protobuf') {
    const messages = () => piecesOf(formatMessages(readings, now));
    return gzip ? collected(gzippedMessages(messages, '')()) : [await plainMessages(messages, '')];
  }
  const texts = piecesOf(
    format === 'openmetrics' ? formatOpenMetrics(readings, now, { created }) : formatFamilies(readings, now),
  );
  return gzip ? collected(gzippedBody(() => texts, '')()) : collected(parts(texts));
}

/**
 * Each family in one block, whichever of the jobs have it. Those that one job alone has come first, many in one reading.
 */
async function* familiesOf(
  groups: readonly ScrapedGroup[],
  { names, utf8Names }: Pick<BodyOptions, 'names' | 'utf8Names'>,
): AsyncGenerator<readonly FamilyChunk[]> {
  const wanted = groups.map((group) => ({
    group,
    families: (utf8Names ? group.families : group.classicFamilies).filter((family) => isWanted(family, names)),
  }));
  const owners = new Map<string, { group: ScrapedGroup; family: StoredFamily }[]>();
  for (const { group, families } of wanted) {
    for (const family of families) {
      const { name } = family.definition;
      owners.set(name, [...(owners.get(name) ?? []), { group, family }]);
    }
  }
  const isAlone = ({ definition }: StoredFamily): boolean => owners.get(definition.name)?.length === 1;
  for (const { group, families } of wanted) yield* group.read(families.filter(isAlone));
  for (const shared of owners.values()) {
    if (shared.length === 1) continue;
    const [{ family: first }] = shared as [(typeof shared)[0]];
    for (const { group, family } of shared) {
      // A page that says of one name that it is two types is refused as a whole.
      if (family.definition.type !== first.definition.type) continue;
      yield* group.read([family]);
    }
  }
}

const SUFFIXES = ['', '_bucket', '_sum', '_count'];

function isWanted({ definition: { name } }: StoredFamily, names: readonly string[]): boolean {
  return names.length === 0 || SUFFIXES.some((suffix) => names.includes(name + suffix));
}

async function* piecesOf<Piece>(chunks: AsyncIterable<BodyChunk<Piece>>): AsyncGenerator<Piece> {
  for await (const { piece } of chunks) yield piece;
}

async function* parts(texts: AsyncIterable<TextPiece>): AsyncGenerator<Uint8Array> {
  for await (const piece of texts) yield* bytesOf(piece);
}

/** Copies: each part is valid until the next is asked for. */
async function collected(source: AsyncIterable<Uint8Array | string>): Promise<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const part of source) all.push(typeof part === 'string' ? Buffer.from(part) : Buffer.from(part));
  return all;
}
