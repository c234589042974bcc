/** What matters here of one entry of Prometheus' `scrape_configs`. */
export interface ScrapeJob {
  readonly name: string;
  readonly honorLabels: boolean;
  /** It reads another Prometheus' `/federate`. */
  readonly isFederation: boolean;
  /** `match[]` of a federation. */
  readonly selectors: readonly string[];
  /** What it scrapes gets other metric names. */
  readonly renames: boolean;
}

interface ScrapeConfig {
  job_name?: unknown;
  honor_labels?: unknown;
  metrics_path?: unknown;
  params?: Record<string, unknown>;
  metric_relabel_configs?: { target_label?: unknown; action?: unknown }[];
}

/** Reads the configuration as Prometheus prints it; undefined for what is none. */
export async function parseScrapeJobs(text: string): Promise<readonly ScrapeJob[] | undefined> {
  // Loaded only here: no application that runs needs it.
  const { parse } = await import(/* webpackMode: "eager" */ 'yaml');
  try {
    const { scrape_configs: configs } = parse(text) as { scrape_configs?: ScrapeConfig[] };
    return (configs ?? []).map(scrapeJob);
  } catch {
    return undefined;
  }
}

function scrapeJob(config: ScrapeConfig): ScrapeJob {
  const selectors = config.params?.['match[]'];
  return {
    name: String(config.job_name),
    honorLabels: config.honor_labels === true,
    isFederation: typeof config.metrics_path === 'string' && config.metrics_path.endsWith('/federate'),
    selectors: Array.isArray(selectors) ? selectors.map(String) : [],
    renames: (config.metric_relabel_configs ?? []).some(
      ({ target_label: label, action = 'replace' }) => label === '__name__' && action === 'replace',
    ),
  };
}
