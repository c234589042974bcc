import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'nest-commander';
import { printable } from '../errors/printable.js';
import { declaredBatchJobs } from '../instrument/batch-job/declared.js';
import type { PushStrategy } from '../options/index.js';
import { GroupReader } from '../push/index.js';
import type { KnownJob, PrometheusFile, WatchedBatchJob } from '../rules/index.js';
import { forMachines, jsonLine } from './output.js';
import { PackageCommand } from './package-command.js';

const DEFAULT_SCRAPE_INTERVAL_SECONDS = 15;

interface RulesFlags {
  strategy?: string;
  prometheus?: string[];
  scrape?: string[];
  scrapeInterval?: number;
  grafana?: boolean;
  out?: string;
  json?: boolean;
}

/** `rules`: the configuration by which Prometheus reads what this application pushes. */
@Command({
  name: 'rules',
  description: 'Print the configuration and rules that Prometheus needs to read the Pushgateways',
})
export class RulesCommand extends PackageCommand<RulesFlags> {
  protected readonly name = 'rules';

  /** Succeeds when everything was printed or written, and there is something to record. */
  protected async act(flags: RulesFlags): Promise<boolean> {
    if (flags.grafana) return this.#showDashboards(flags);
    const strategy = this.#strategy(flags.strategy);
    const hasRules = strategy === 'broadcast' && flags.scrape === undefined;
    const known = hasRules ? await this.#known() : [];
    // No other command needs it.
    const { prometheusFiles } = await import(/* webpackMode: "eager" */ '../rules/index.js');
    const files = prometheusFiles({
      options: this.options,
      strategy,
      known,
      replicas: flags.prometheus ?? [],
      batchJobs: watchedBatchJobs(),
      scrapeIntervalSeconds: seconds(flags.scrapeInterval ?? DEFAULT_SCRAPE_INTERVAL_SECONDS),
      ...(flags.scrape && { scraped: flags.scrape }),
    });
    await this.#show(files, flags);
    if (hasRules) refuseNothing(known, 'so no rule records one');
    return true;
  }

  async #showDashboards(flags: RulesFlags): Promise<boolean> {
    const known = await this.#known();
    refuseNothing(known, 'so no dashboard shows one');
    const { dashboardFiles } = await import(/* webpackMode: "eager" */ '../rules/index.js');
    const scrapeIntervalSeconds = seconds(flags.scrapeInterval ?? DEFAULT_SCRAPE_INTERVAL_SECONDS);
    await this.#show(dashboardFiles({ options: this.options, known, scrapeIntervalSeconds }), flags);
    return true;
  }

  @Option({
    flags: '--strategy <sticky|broadcast>',
    description: 'how pushes are spread over several gateways (default: pushgateway.strategy)',
  })
  parseStrategy(name: string): string {
    return name;
  }

  @Option({
    flags: '--prometheus <host:port...>',
    description: 'replicas of Prometheus that shall federate from each other; may be given several times',
  })
  parsePrometheus(address: string, earlier: string[] = []): string[] {
    return [...earlier, address];
  }

  @Option({
    flags: '--scrape <host:port...>',
    description:
      'scrape the application itself there, in the place of its gateways: one address of all replicas, or each',
  })
  parseScrape(address: string, earlier: string[] = []): string[] {
    return [...earlier, address];
  }

  @Option({ flags: '--scrape-interval <seconds>', description: 'time between scrapes of the gateways (default: 15)' })
  parseScrapeInterval(text: string): number {
    return Number(text);
  }

  @Option({ flags: '--grafana', description: 'print dashboards for Grafana instead, with a row for each metric' })
  parseGrafana(): boolean {
    return true;
  }

  @Option({ flags: '--out <folder>', description: 'write the files into this folder, replacing earlier ones' })
  parseOut(folder: string): string {
    return folder;
  }

  @Option({ flags: '--json', description: 'print the files as a JSON object: text by file name' })
  parseJson(): boolean {
    return true;
  }

  async #known(): Promise<KnownJob[]> {
    return Promise.all(
      this.options.jobs.map(async (job) => ({ job, definitions: await this.serviceOf(GroupReader).definitions(job) })),
    );
  }

  async #show(files: readonly PrometheusFile[], { out, json }: RulesFlags): Promise<void> {
    if (out !== undefined) {
      await mkdir(out, { recursive: true });
      for (const { name, text } of files) await writeFile(join(out, name), text);
    }
    if (json) {
      this.output.write(jsonLine(Object.fromEntries(files.map(({ name, text }) => [name, text]))));
    } else if (out === undefined) {
      const text = files.map((file) => `# ===== ${file.name} =====\n${file.text}`).join('\n');
      this.output.write(forMachines(text, this.output));
    } else {
      for (const { name } of files) this.output.write(`${printable(`wrote ${join(out, name)}`)}\n`);
    }
  }

  #strategy(name: string | undefined): PushStrategy {
    if (name !== undefined && name !== 'sticky' && name !== 'broadcast') {
      throw new RangeError(`--strategy: expected sticky or broadcast, got ${JSON.stringify(name)}`);
    }
    if (name === 'broadcast' && this.options.gateways.length === 1) {
      throw new RangeError('--strategy broadcast: expected several gateways in pushgateway.host, got one');
    }
    return name ?? (this.options.isBroadcast ? 'broadcast' : 'sticky');
  }
}

/** @throws Error if no job has a metric yet. */
function refuseNothing(known: readonly KnownJob[], consequence: string): void {
  if (known.some(({ definitions }) => definitions.length > 0)) return;
  throw new Error(`no metric is known yet, ${consequence}: start the application first, then run this again`);
}

/** Those in the application's code that say when they are overdue. */
function watchedBatchJobs(): WatchedBatchJob[] {
  return declaredBatchJobs().flatMap(({ name, overdueAfterSeconds }) =>
    overdueAfterSeconds === undefined ? [] : [{ name, overdueAfterSeconds }],
  );
}

function seconds(interval: number): number {
  if (!(interval >= 0.1 && interval < 86_400)) {
    throw new RangeError('--scrape-interval: expected a number of seconds, at least 0.1');
  }
  return interval;
}
