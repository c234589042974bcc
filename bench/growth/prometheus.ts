import { startPrometheus, startPushgateway } from '../../test/support/servers.js';
import { waitFor } from '../../test/support/wait-for.js';
import { measureIn } from '../harness/processes.js';
import type { Figures } from '../harness/row.js';

const SCRAPE_INTERVAL_S = 5;
/** In the first ones every series is new: these are not measured. */
const FIRST_SCRAPES = 2;
const SCRAPES = 4;
const LONGEST_WAIT_MS = 120_000;

/** What a Prometheus spends on one gateway with that many series. */
export async function measurePrometheus(series: number): Promise<Figures> {
  const gateway = await startPushgateway();
  const config = JSON.stringify({
    global: { scrape_interval: `${SCRAPE_INTERVAL_S}s`, scrape_timeout: `${SCRAPE_INTERVAL_S}s` },
    scrape_configs: [{ job_name: 'pushgateway', honor_labels: true, static_configs: [{ targets: [gateway.address] }] }],
  });
  await measureIn('push-floor', gateway.address, 0, series, 1, 0);
  const prometheus = await startPrometheus({ config });
  try {
    const metric = async (name: string): Promise<number> => {
      const response = await fetch(`${prometheus.url}/metrics`);
      return Number(new RegExp(`^${name}(?:{.*})? (\\S+)$`, 'm').exec(await response.text())?.[1]);
    };
    const scrapes = (): Promise<number> => metric('prometheus_target_interval_length_seconds_count');
    const after = async (count: number): Promise<number> => {
      await waitFor(async () => (await scrapes()) >= count, {
        timeoutMs: LONGEST_WAIT_MS,
        message: `${count} scrapes`,
      });
      return metric('process_cpu_seconds_total');
    };
    const begun = await after(FIRST_SCRAPES);
    const ended = await after(FIRST_SCRAPES + SCRAPES);
    const bytes = await metric('process_resident_memory_bytes');
    const query = new URLSearchParams({
      query: `scrape_duration_seconds and on() (scrape_samples_scraped >= ${series})`,
    });
    const response = await fetch(`${prometheus.url}/api/v1/query?${query.toString()}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    const seconds = data.result[0]?.value[1];
    if (seconds === undefined) throw new Error(`Expected Prometheus to have scraped ${series} series, got fewer`);
    return { scrapeMs: Number(seconds) * 1_000, cpuMs: ((ended - begun) / SCRAPES) * 1_000, mb: bytes / 2 ** 20 };
  } finally {
    await Promise.all([prometheus.stop(), gateway.stop()]);
  }
}
