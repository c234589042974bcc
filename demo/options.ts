import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** How long customers come. Default: until Ctrl-C. */
  readonly seconds: number | undefined;
  /** Three gateways and three Prometheus; the gateway that has the values is killed, and comes back. Default: one of each. */
  readonly cluster: boolean;
}

export const USAGE = `Usage: npm run demo [-- --seconds <n>] [--cluster]

Starts Redis, a Pushgateway, a Prometheus and the sample shop, lets customers in, and shows how what happens
in the shop arrives in each of them. Ctrl-C ends it, or --seconds. With --cluster there are three gateways and three
Prometheus, and again and again the gateway that has the values is killed and comes back empty.`;

/** @throws Error that says what was expected; `undefined` if help was asked for. */
export function parseOptions(args: readonly string[]): DemoOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string' },
      cluster: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (seconds !== undefined && !(seconds > 0 && seconds <= 86_400)) {
    throw new Error(`--seconds: expected a number above 0, got "${values.seconds ?? ''}"`);
  }
  return { seconds, cluster: values.cluster };
}
