import type { IncomingMessage, ServerResponse } from 'node:http';
import { types } from 'node:util';
import { PackageLogger } from '../../log/package-logger.js';
import type { HttpLabel } from '../../options/index.js';

const warned = new WeakSet<HttpLabel>();

/** The labels that the application reads itself. What one of its functions throws, or a promise that it gives, ends here, and is said once. */
export function furtherLabels(
  labels: readonly (readonly [string, HttpLabel])[],
  request: IncomingMessage,
  response: ServerResponse,
): Record<string, string | number> {
  return Object.fromEntries(labels.map(([name, read]) => [name, valueOf(name, read, request, response)]));
}

function valueOf(name: string, read: HttpLabel, request: IncomingMessage, response: ServerResponse): string | number {
  try {
    const value: unknown = read(request, response);
    if (types.isPromise(value)) {
      // Nobody else would handle it.
      value.catch(() => undefined);
      warnOnce(name, read, 'it gave a promise');
    }
    return typeof value === 'number' ? value : typeof value === 'string' ? value.toWellFormed() : '';
  } catch (error) {
    warnOnce(name, read, `it threw ${String(error)}`);
    return '';
  }
}

function warnOnce(name: string, read: HttpLabel, why: string): void {
  if (warned.has(read)) return;
  warned.add(read);
  new PackageLogger().warn(`instrument.http.labels.${name} gives no value, and is the empty text then: ${why}`);
}
