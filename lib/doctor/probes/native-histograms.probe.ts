import type { ResolvedDefinition } from '../../model/index.js';
import type { ResolvedOptions } from '../../options/index.js';
import type { Store } from '../../store/index.js';

/** The native histograms of these jobs, each once. None if the store does not answer, which another check reports. */
export async function probeNatives(
  { series }: Store,
  { jobs, instance, groupingLabels: labels }: ResolvedOptions,
): Promise<ResolvedDefinition[]> {
  const known = await Promise.all(jobs.map((job) => series.definitions({ job, instance, labels }))).catch(() => []);
  const natives = known.flat().filter(({ native }) => native !== undefined);
  return [...new Map(natives.map((definition) => [definition.name, definition])).values()];
}
