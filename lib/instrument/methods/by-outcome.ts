import type { Outcome } from './run.js';

export const METHOD_LABELS = ['class', 'method', 'outcome'] as const;

/** A child for each outcome, made when it is needed. */
export function byOutcome<Child>(
  metric: { labels(labels: Record<string, string>): Child },
  labels: Readonly<Record<string, string>>,
): (outcome: Outcome) => Child {
  const children = new Map<Outcome, Child>();
  return (outcome) => {
    let child = children.get(outcome);
    if (child === undefined) children.set(outcome, (child = metric.labels({ ...labels, outcome })));
    return child;
  };
}
