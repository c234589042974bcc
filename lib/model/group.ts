/** With broadcast: the label that tells in Prometheus which gateway a copy of a group is from. */
export const GATEWAY_LABEL = 'gateway';

/** With broadcast: begins the names of the copies; the true series are recorded under their own names. */
export const COPY_PREFIX = 'gateway:';

/** What one push replaces on a gateway: everything under one job, instance and set of further grouping labels. */
export interface Group {
  readonly job: string;
  readonly instance: string;
  /** Grouping labels beside `job` and `instance`; usually none. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The group of a grouping key, as {@link groupingLabels} gives it. */
export function groupOf(labels: readonly (readonly [name: string, value: string])[]): Group {
  const { job = '', instance = '', ...further } = Object.fromEntries(labels);
  return { job, instance, labels: further };
}

/** All labels that a gateway adds to the samples of a group, `job` first: its grouping key. */
export function groupingLabels(group: Group): readonly (readonly [name: string, value: string])[] {
  const further = Object.entries(group.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return [['job', group.job], ['instance', group.instance], ...further];
}
