import { LabelError } from '../errors/index.js';
import { anyValue, isClassicLabelName } from '../model/index.js';

/**
 * Matchers for a selector which say that a series has all of these labels: `['a', 'b']` becomes `a=~".+",b=~".+"`.
 * @throws LabelError for what is no label name.
 */
export function requireLabels(labelNames: readonly string[]): string {
  return labelNames
    .map((name) => {
      if (typeof name !== 'string' || !isClassicLabelName(name)) {
        throw new LabelError(
          `Invalid label name ${JSON.stringify(name)}: expected letters, digits and "_", no digit first`,
        );
      }
      return anyValue(name);
    })
    .join(',');
}
