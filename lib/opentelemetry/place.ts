import { ConfigurationError } from '../errors/index.js';
import { labelName } from './names.js';
import type { Resource } from './shapes.js';

const INSTANCE_ID = 'service.instance.id';

/** Where a resource's metrics belong. */
export interface ResourcePlace {
  /** `service.namespace/service.name`, or the name alone. */
  job: string;
  /** By label names. */
  groupingLabels: Record<string, string>;
}

/**
 * Job and grouping labels of a resource, for the options of the module.
 * @param labels Attributes of the resource that become grouping labels, such as `deployment.environment.name`: those that are the
 * same in all replicas. Default: none. One that the resource does not have is left out.
 * @throws ConfigurationError for `service.instance.id`, which is another one for each process: replicas would not add up any more
 */
export function placeOfResource(resource: Resource, labels: readonly string[] = []): ResourcePlace {
  if (labels.includes(INSTANCE_ID)) {
    throw new ConfigurationError(`labels: expected no "${INSTANCE_ID}": it would keep replicas from adding up`);
  }
  const present = labels.filter((attribute) => resource.attributes[attribute] !== undefined);
  return {
    job: jobOf(resource),
    groupingLabels: Object.fromEntries(
      present.map((attribute) => [labelName(attribute), String(resource.attributes[attribute])]),
    ),
  };
}

export function jobOf({ attributes }: Resource): string {
  const { 'service.namespace': namespace, 'service.name': name } = attributes;
  const parts = [namespace, name].filter((part) => typeof part === 'string' && part !== '');
  return parts.join('/');
}
