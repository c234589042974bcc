import { parse } from 'yaml';
import { type MetricDefinition, resolveDefinition, type ResolvedDefinition } from '../../../lib/model/index.js';
import { type PrometheusPushgatewayModuleOptions, resolveOptions } from '../../../lib/options/index.js';
import { prometheusFiles, type PrometheusFilesInput } from '../../../lib/rules/index.js';

export interface ScrapeConfig {
  job_name: string;
  scheme?: string;
  metrics_path?: string;
  scrape_interval?: string;
  honor_labels: boolean;
  params?: { 'match[]': string[] };
  static_configs: { targets: string[]; labels?: Record<string, string> }[];
  metric_relabel_configs?: object[];
  basic_auth?: object;
  authorization?: object;
  tls_config?: object;
}

export interface Config {
  global: { scrape_interval: string; scrape_timeout: string; external_labels?: Record<string, string> };
  rule_files?: string[];
  scrape_configs: ScrapeConfig[];
}

export interface Rules {
  groups: { name: string; interval: string; rules: { record: string; expr: string }[] }[];
}

export const metric = (
  type: MetricDefinition['type'],
  name: string,
  further: Partial<MetricDefinition> = {},
): ResolvedDefinition => resolveDefinition({ name, help: 'Help', type, ...further });

/** The files for an application with the job shop, text by name. */
export function filesOf(
  { prometheus, pushgateway, autoPush }: Partial<PrometheusPushgatewayModuleOptions>,
  further: Partial<PrometheusFilesInput> = {},
): Record<string, string> {
  const options = resolveOptions({
    prometheus: { jobs: ['shop'], ...prometheus },
    ...(pushgateway && { pushgateway }),
    ...(autoPush !== undefined && { autoPush }),
  });
  const files = prometheusFiles({
    options,
    strategy: 'sticky',
    known: [],
    replicas: [],
    scrapeIntervalSeconds: 15,
    ...further,
  });
  return Object.fromEntries(files.map(({ name, text }) => [name, text]));
}

export const configOf = (...parameters: Parameters<typeof filesOf>): Config =>
  parse(filesOf(...parameters)['prometheus.yml'] as string) as Config;

export function rulesOf(...parameters: Parameters<typeof filesOf>): Rules['groups'][0]['rules'] {
  const [group] = (parse(filesOf(...parameters)['rules.yml'] as string) as Rules).groups;
  return (group as Rules['groups'][0]).rules;
}
