import type { FamilySnapshot, ResolvedDefinition, SampleLines, Series, TextPiece } from '../model/index.js';
import { formatNumber } from './format-number.js';
import { linesOf } from './samples.js';

/** A piece of the exposition text, and how many series it shows. */
export interface ExpositionChunk {
  readonly text: TextPiece;
  readonly series: number;
}

/**
 * Text format 0.0.4: HELP and TYPE once, before the first series of a family. A family without series is left out:
 * HELP and TYPE alone mean nothing to a gateway. `now` in Unix milliseconds.
 */
export async function* formatFamilies(
  families: AsyncIterable<FamilySnapshot>,
  now: number,
): AsyncGenerator<ExpositionChunk> {
  for await (const { definition, chunks } of families) {
    let head = headOf(definition);
    for await (const chunk of chunks) {
      if (isText(chunk)) {
        if (chunk.series === 0) continue;
        if (head !== '') yield { text: head, series: 0 };
        yield { text: chunk.lines, series: chunk.series };
      } else {
        if (chunk.length === 0) continue;
        yield { text: head + textOf(definition, chunk, now), series: chunk.length };
      }
      head = '';
    }
  }
}

function isText(chunk: readonly Series[] | SampleLines): chunk is SampleLines {
  return 'lines' in chunk;
}

function textOf(definition: ResolvedDefinition, chunk: readonly Series[], now: number): string {
  let text = '';
  for (const series of chunk) {
    for (const { suffix, labels, value } of linesOf(definition, series, now)) {
      const braces = labels === '' ? '' : `{${labels}}`;
      text += `${definition.name}${suffix}${braces} ${formatNumber(value)}\n`;
    }
  }
  return text;
}

function headOf({ name, help, type }: ResolvedDefinition): string {
  const escaped = help.replace(/[\\\n]/g, (character) => (character === '\n' ? '\\n' : '\\\\'));
  return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n`;
}
