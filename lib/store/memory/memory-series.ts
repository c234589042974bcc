import {
  definitionShape,
  type FamilyChunk,
  type Group,
  type ResolvedDefinition,
  type Series,
  type SeriesValue,
  zeroValue,
} from '../../model/index.js';
import type { ApplyResult, Batch, NumberResult, ReadOptions, SeenValue, SeriesStore, StoredFamily } from '../series.js';
import type { StoreOptions } from '../store.js';
import { applyBatch } from './apply-batch.js';
import { type GroupStates, seriesId, sweepGenerations } from './group-states.js';
import { awaitRestoration, restoreSeries } from './restore-series.js';
import { valuesOfShape } from './memory-shapes.js';
import { exemplarsOf } from './series-exemplars.js';
import { startOf } from './series-starts.js';
import { livingSeries } from './memory-processes.js';
import type { StoredValue } from './stored-value.js';

export class MemorySeries implements SeriesStore {
  constructor(
    private readonly groups: GroupStates,
    private readonly options: StoreOptions,
  ) {}

  async number(group: Group, writer: string, last: number): Promise<NumberResult> {
    const state = await this.groups.of(group);
    const { applied, issued } = state.writers.get(writer) ?? { applied: 0, issued: 0 };
    if (applied < last) {
      awaitRestoration(state);
      return { outcome: 'behind', applied };
    }
    const isCopy = applied > last;
    if (issued > last) {
      state.lives += 1;
      const own = `${writer}.${state.lives}`;
      state.writers.set(own, { applied: 0, issued: 1 });
      return { outcome: 'numbered', writer: own, sequence: 1, isCopy };
    }
    state.writers.set(writer, { applied, issued: last + 1 });
    return { outcome: 'numbered', writer, sequence: last + 1, isCopy };
  }

  async apply(group: Group, batch: Batch): Promise<ApplyResult> {
    return applyBatch(await this.groups.of(group), batch, this.options);
  }

  async families(group: Group): Promise<readonly StoredFamily[]> {
    const { definitions, families } = await this.groups.of(group);
    return [...definitions.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((definition) => ({ definition, generation: families.get(definition.name) ?? new Map() }));
  }

  async definitions(group: Group): Promise<readonly ResolvedDefinition[]> {
    return (await this.families(group)).map(({ definition }) => definition);
  }

  async *read(
    group: Group,
    definition: ResolvedDefinition,
    { asAnnounced = false, generation, starts, exemplars: wantsExemplars = false }: ReadOptions = {},
  ): AsyncGenerator<readonly Series[]> {
    const state = await this.groups.of(group);
    const { announced } = state;
    const values =
      (generation as Map<string, StoredValue> | undefined) ??
      valuesOfShape(state, definition) ??
      new Map<string, StoredValue>();
    const series: readonly [string, StoredValue][] =
      definition.aggregation === undefined ? [...values] : livingSeries(state, definition, values);
    if (series.length === 0) return;
    const isAtZero = (labels: string): boolean => asAnnounced && announced.has(seriesId(definition.name, labels));
    const hasStarts = starts !== undefined && definition.type !== 'gauge';
    yield series.map(([labels, value]) => {
      const startMs = hasStarts ? startOf(state.starts, values, labels, starts.at) : 0;
      const exemplars = wantsExemplars && !isAtZero(labels) ? exemplarsOf(state.exemplars, values, labels) : [];
      return {
        labels,
        value: isAtZero(labels) ? zeroValue(definition) : (value as SeriesValue),
        ...(startMs > 0 && { startMs }),
        ...(exemplars.length > 0 && { exemplars }),
      };
    });
  }

  async *readText(
    group: Group,
    families: readonly StoredFamily[],
    options?: Omit<ReadOptions, 'generation'>,
  ): AsyncGenerator<readonly FamilyChunk[]> {
    for (const { definition, generation } of families) {
      for await (const chunk of this.read(group, definition, { ...options, generation })) yield [{ definition, chunk }];
    }
  }

  async restoring(group: Group): Promise<ReadonlyMap<string, number>> {
    const { restoring } = await this.groups.of(group);
    const now = Date.now();
    return new Map([...restoring].map(([name, { since }]) => [name, Math.max(now - since, 0)]));
  }

  async restore(group: Group, definition: ResolvedDefinition, values: readonly SeenValue[]): Promise<boolean> {
    const state = await this.groups.of(group);
    const stored = state.definitions.get(definition.name);
    if (stored === undefined || definitionShape(stored) !== definitionShape(definition)) return false;
    return restoreSeries(state, definition.name, values);
  }

  /** Of replaced values, their starts and exemplars are left. */
  async sweep(group: Group): Promise<void> {
    sweepGenerations(await this.groups.of(group));
  }
}
