import { type Group, groupingLabels } from '../../../model/index.js';

/**
 * KEYS of every script: a hash that holds the number of the format, and the prefix of all other keys, which the scripts put
 * together themselves. They share a hash tag, so that a script may touch them together in Redis Cluster. What the keys hold:
 * docs/redis-format.md.
 */
export type Keys = readonly [hash: string, base: string];

/** Braces would end the hash tag early, and separators would let two groups share keys: both are encoded away. */
export function groupKeys(prefix: string, group: Group): Keys {
  const [[, job], ...others] = groupingLabels(group) as [readonly [string, string], ...(readonly [string, string])[]];
  const identity = [job, ...others.map(([name, value]) => `${labelName(name)}=${value}`)]
    .map(encodeURIComponent)
    .join('/');
  return keysOf(prefix, identity, 'families');
}

/** A name in UTF-8 may hold the sign that ends it. */
function labelName(name: string): string {
  return name.replace(/[%=]/g, encodeURIComponent);
}

/** What all groups share, in a hash slot of its own. No group's tag is without a slash. */
export function instanceKeys(prefix: string): Keys {
  return keysOf(prefix, 'instances', 'about');
}

/** What is made only to see whether a user may make it, apart from all groups. */
export function trialKeys(prefix: string, trial: string): Keys {
  return keysOf(prefix, `trial-${trial}`, 'families');
}

/** All keys of a prefix, as a pattern of `ACL SETUSER`. */
export function keyPattern(prefix: string): string {
  return `~${encodeURIComponent(prefix)}:*`;
}

function keysOf(prefix: string, tag: string, hash: string): Keys {
  const base = `${encodeURIComponent(prefix)}:{${tag}}:`;
  return [`${base}${hash}`, base];
}
