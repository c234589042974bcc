import { isClassicMetricName } from '../../model/index.js';

// Names of fields and keys are put together of a family, signs such as `#` and `{`, and more. In the name of a metric in UTF-8 any
// sign may stand; so it is percent-encoded there.

/** What a family is called in Redis: letters, digits and `_:%-.!~'()`. */
export function familyField(name: string): string {
  return isClassicMetricName(name) ? name : encodeURIComponent(name).replaceAll('*', '%2A');
}

/** The name of the family that is called so in Redis. */
export function familyName(field: string): string {
  return decodeURIComponent(field);
}
