/** Events that the store holds of one replica, by metric. */
export type Stored = Record<string, number>;

const COUNTS = ['soak_orders_total', 'soak_duration_seconds_count', 'soak_size_bytes_count'];

/** The sums over a replica's series, from exposition text. */
export function storedOf(replica: string, text: string): Stored {
  const stored: Stored = Object.fromEntries(COUNTS.map((name) => [name, 0]));
  for (const line of text.split('\n')) {
    const name = COUNTS.find((metric) => line.startsWith(`${metric}{`));
    if (name === undefined || !line.includes(`replica="${replica}"`)) continue;
    stored[name] = (stored[name] ?? 0) + Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return stored;
}
