import { LabelError } from '../errors/index.js';

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Matchers for a selector which say that a series has all of these labels: `['a', 'b']` becomes `a=~".+",b=~".+"`.
 * @throws LabelError for what is no label name.
 */
export function requireLabels(labelNames: readonly string[]): string {
  return labelNames
    .map((name) => {
      if (typeof name !== 'string' || !LABEL_NAME.test(name)) {
        throw new LabelError(
          `Invalid label name ${JSON.stringify(name)}: expected letters, digits and "_", no digit first`,
        );
      }
      return `${name}=~".+"`;
    })
    .join(',');
}
