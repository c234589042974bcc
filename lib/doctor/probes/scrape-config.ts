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
  /** It takes only names of the classic form. */
  readonly hasClassicNames?: true;
  /** It has `scrape_native_histograms: true`, of 3.8 and later. */
  readonly takesNative?: true;
  /** Formats it asks for, the first before the others; undefined if they are not shown, as before 2.49. */
  readonly protocols?: readonly string[];
}

interface ScrapeConfig {
  job_name?: unknown;
  honor_labels?: unknown;
  metrics_path?: unknown;
  scrape_protocols?: unknown;
  scrape_native_histograms?: unknown;
  metric_name_validation_scheme?: unknown;
  metric_name_escaping_scheme?: unknown;
  params?: Record<string, unknown>;
  metric_relabel_configs?: { target_label?: unknown; action?: unknown }[];
}

/** Reads the configuration as Prometheus prints it; undefined for what is none. */
export async function parseScrapeJobs(text: string): Promise<readonly ScrapeJob[] | undefined> {
  // Loaded only here: no application that runs needs it.
  const { parse } = await import(/* webpackMode: "eager" */ 'yaml');
  try {
    const { global, scrape_configs: configs } = parse(text) as {
      global?: Pick<
        ScrapeConfig,
        | 'scrape_protocols'
        | 'scrape_native_histograms'
        | 'metric_name_validation_scheme'
        | 'metric_name_escaping_scheme'
      >;
      scrape_configs?: ScrapeConfig[];
    };
    return (configs ?? []).map((config) => scrapeJob({ ...global, ...config }));
  } catch {
    return undefined;
  }
}

function scrapeJob(config: ScrapeConfig): ScrapeJob {
  const selectors = config.params?.['match[]'];
  const protocols = config.scrape_protocols;
  return {
    name: String(config.job_name),
    honorLabels: config.honor_labels === true,
    isFederation: typeof config.metrics_path === 'string' && config.metrics_path.endsWith('/federate'),
    selectors: Array.isArray(selectors) ? selectors.map(String) : [],
    renames: (config.metric_relabel_configs ?? []).some(
      ({ target_label: label, action = 'replace' }) => label === '__name__' && action === 'replace',
    ),
    ...(config.scrape_native_histograms === true && { takesNative: true }),
    ...(isClassicOnly(config) && { hasClassicNames: true }),
    ...(Array.isArray(protocols) && { protocols: protocols.map(String) }),
  };
}

function isClassicOnly(config: ScrapeConfig): boolean {
  const { metric_name_validation_scheme: accepted, metric_name_escaping_scheme: asked } = config;
  return accepted === 'legacy' || (typeof asked === 'string' && asked !== '' && asked !== 'allow-utf-8');
}
