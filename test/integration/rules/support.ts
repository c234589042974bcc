import { spawnSync } from 'node:child_process';
import type { PrometheusClient, PrometheusPushgatewayModuleOptions } from 'nestjs-prometheus-pushgateway';
import { parseLabels } from '../../../lib/model/index.js';
import { findProgram } from '../../support/require-servers.js';
import { runNode } from '../../support/run-node.js';

/** Runs promtool. One that is not there fails. */
export function promtool(...args: string[]): { status: number | null; output: string } {
  const path = findProgram('promtool');
  if (path === undefined) throw new Error('promtool is not installed: nothing was checked');
  const { status, stdout, stderr } = spawnSync(path, args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** Runs the command as a process and gives the files it made, text by name. */
export async function generated(
  options: PrometheusPushgatewayModuleOptions,
  flags: readonly string[],
): Promise<Record<string, string>> {
  const environment = { OPTIONS: JSON.stringify(options) };
  const run = runNode('test/support/processes/command.js', ['rules', '--json', ...flags], environment);
  const { code, stdout, stderr } = await run.done;
  if (code !== 0) throw new Error(`rules exited ${String(code)}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, string>;
}

/** Values by name and labels, in an order of their own. */
export type Values = Record<string, number>;

/** What an exposition text says, with the labels of its group. */
export function valuesIn(text: string, group: Readonly<Record<string, string>>): Values {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) as unknown as string[];
      return [keyOf({ ...parseLabels(labels), ...group, __name__: name as string }), Number(value)];
    }),
  );
}

/** What a query gives. */
export async function valuesOf(prometheus: PrometheusClient, promql: string): Promise<Values> {
  const samples = await prometheus.query(promql);
  return Object.fromEntries(samples.map(({ metric, value }) => [keyOf(metric), value]));
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
