import type { FamilyBuffer } from '../buffer/index.js';
import { PackageLogger } from '../log/package-logger.js';
import { type Exemplar, type ExemplarLabels, exemplarLabels, type ResolvedDefinition } from '../model/index.js';

/** What may be said of one event beside its value. */
export interface EventOptions {
  /**
   * Labels by which this event is found elsewhere, such as `{ trace_id: '4bf9...' }`. The latest of a series, or of each bucket of a
   * histogram, is pushed. Invalid names, and more than 128 characters of names and values, are left out with a warning; the event
   * counts.
   * @defaultValue none; with the option `exemplars` those of the active span
   */
  readonly exemplar?: ExemplarLabels | undefined;
}

/** A series, with the same series in the metric's other jobs. */
interface Noting {
  noteExemplar(exemplar: Exemplar): void;
  readonly others: readonly Noting[];
}

/** Where an event is noted that has been counted already: whatever is wrong with its exemplar, nothing is thrown. */
export interface Place {
  readonly series: Noting;
  readonly family: Pick<FamilyBuffer, 'definition' | 'exemplars'>;
  readonly bucket: number;
}

const warned = new WeakSet<ResolvedDefinition>();

/** Keeps the exemplar that the caller gave. */
export function noteGiven(place: Place, value: number, event: EventOptions): void {
  try {
    const given = (event as EventOptions | null)?.exemplar;
    if (given === undefined) return;
    const result = exemplarLabels(given);
    if ('fault' in result) warnOnce(place, result.fault);
    else if (result.labels !== '') note(place, value, result.labels);
  } catch (error) {
    warnOnce(place, String(error));
  }
}

/** Keeps an exemplar of an event to which the caller gave none. */
export function noteActive(place: Place, value: number): void {
  try {
    const labels = place.family.exemplars.source?.();
    if (labels !== undefined) note(place, value, labels);
  } catch (error) {
    warnOnce(place, String(error));
  }
}

function note({ series, bucket }: Place, value: number, labels: string): void {
  const exemplar: Exemplar = { bucket, labels, value, timeMs: Date.now() };
  series.noteExemplar(exemplar);
  for (const other of series.others) other.noteExemplar(exemplar);
}

function warnOnce({ family: { definition } }: Place, fault: string): void {
  if (warned.has(definition)) return;
  warned.add(definition);
  new PackageLogger().warn(`Metric "${definition.name}" got an exemplar that is left out (its event counts): ${fault}`);
}
