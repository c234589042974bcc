import type { PrometheusClient } from '../prometheus/index.js';

/** Whether Prometheus still scrapes a gateway; undefined if it cannot tell. */
export type Witness = (gateway: string) => Promise<boolean | undefined>;

/** Asks Prometheus for `up` of the target at the gateway's address, as static and DNS discovery label it. */
export function prometheusWitness(prometheus: Pick<PrometheusClient, 'query'>): Witness {
  return async (gateway) => {
    const { hostname, port, protocol } = new URL(gateway);
    const address = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
    try {
      const targets = await prometheus.query(`up{instance=${JSON.stringify(address)}}`);
      return targets.length === 0 ? undefined : targets.some(({ value }) => value === 1);
    } catch {
      return undefined;
    }
  };
}
