import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COPY_PREFIX, GATEWAY_LABEL, resolveDefinition } from '../../../lib/model/index.js';
import { recordingRules } from '../../../lib/rules/recording-rules.js';
import { SCRAPE_INTERVAL_SECONDS } from './docker.js';
import { PUSH_INTERVAL_MS } from './pushers.js';

/**
 * docker's configuration as `rules --strategy broadcast` would have it: a gateway's copies carry its name and another name of
 * their own, and the generated rules record the true series.
 */
export async function broadcastConfig(
  config: string,
  { folder, jobs }: { folder: string; jobs: readonly string[] },
): Promise<string> {
  const metrics = ['orders_total', 'refunds_total'].map((name) => ({
    definition: resolveDefinition({ name, help: 'Events', type: 'counter' }),
    jobs,
  }));
  const file = join(folder, 'broadcast.yml');
  await writeFile(
    file,
    recordingRules({
      jobs,
      metrics,
      groupLabels: ['job', 'instance'],
      intervalSeconds: SCRAPE_INTERVAL_SECONDS,
      pushIntervalSeconds: PUSH_INTERVAL_MS / 1_000,
    }),
  );
  const changes = {
    'rule_files:\n': `rule_files:\n  - ${file}\n`,
    '    honor_labels: true\n    static_configs:\n': `    honor_labels: true
    relabel_configs:
      - { source_labels: [__address__], target_label: ${GATEWAY_LABEL} }
    metric_relabel_configs:
      - { source_labels: [__name__], target_label: __name__, replacement: '${COPY_PREFIX}$1' }
    static_configs:
`,
  };
  let changed = config;
  for (const [from, to] of Object.entries(changes)) {
    if (!config.includes(from)) throw new Error(`Expected docker's prometheus.yml to have ${JSON.stringify(from)}`);
    changed = changed.replace(from, () => to);
  }
  return changed;
}
