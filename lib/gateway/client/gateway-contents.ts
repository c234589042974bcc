import { parseLabels } from '../../model/index.js';

/** A group as a gateway tells of it. */
export interface PushedGroup {
  /** Its grouping key; without an instance the gateway says `instance=""`. */
  readonly labels: Readonly<Record<string, string>>;
  /** When it was last pushed, by the gateway's clock, in milliseconds; 0 if no push was ever accepted. */
  readonly pushedAt: number;
}

/** What a Pushgateway's own metrics page tells. */
export interface GatewayContents {
  readonly groups: readonly PushedGroup[];
  /** Lines with a value: what a push is checked against. */
  readonly samples: number;
  /** When the process began, in Unix seconds as Prometheus scrapes it: tells gateways apart. */
  readonly startedAt: number | undefined;
}

const PUSH_TIME = 'push_time_seconds{';
const PROCESS_START = 'process_start_time_seconds ';

/** What asks for {@link parseContents}' text with names as they are: without it a gateway writes `_` for what is not classic. */
export const AS_TEXT = 'text/plain;version=0.0.4;escaping=allow-utf-8';

/** Reads the text that Prometheus scrapes. Grouping labels are what `push_time_seconds` has: one series for each group. */
export function parseContents(text: string): GatewayContents {
  const groups: PushedGroup[] = [];
  let samples = 0;
  let startedAt: number | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    samples += 1;
    if (line.startsWith(PUSH_TIME)) {
      const labels = parseLabels(line.slice(PUSH_TIME.length));
      // A Pushgateway takes no such name, but another server may show one.
      const isGroup = Object.keys(labels).every((name) => !name.startsWith('__'));
      if (isGroup) groups.push({ labels, pushedAt: valueOf(line) * 1_000 });
    } else if (line.startsWith(PROCESS_START)) startedAt = valueOf(line);
  }
  return { groups, samples, startedAt };
}

function valueOf(line: string): number {
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}
