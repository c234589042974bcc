import type { PrometheusClient } from 'nestjs-prometheus-pushgateway';
import type { Screen } from './screen.js';

/**
 * A step back of a counter looks like a restart from zero, and `increase()` would add its whole value once more.
 * Says how many there were, and whether there were none.
 */
export async function falseResets(clients: readonly PrometheusClient[], screen: Screen): Promise<boolean> {
  const resets = await Promise.all(
    clients.map(async (client) => (await client.query('sum(resets(orders_total[1h]))'))[0]?.value ?? Number.NaN),
  );
  const counts = resets.map((count, at) => `Prometheus ${at + 1}: ${count}`);
  screen.say(`False counter resets of orders_total: ${counts.join(', ')}.`);
  return resets.every((count) => count === 0);
}
