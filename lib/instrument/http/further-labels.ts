import type { IncomingMessage, ServerResponse } from 'node:http';
import { PackageLogger } from '../../log/package-logger.js';
import type { HttpLabel } from '../../options/index.js';

const warned = new WeakSet<HttpLabel>();

/** The labels that the application reads itself. What one of its functions throws ends here, and is said once. */
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
    return typeof value === 'number' ? value : typeof value === 'string' ? value.toWellFormed() : '';
  } catch (error) {
    if (!warned.has(read)) {
      warned.add(read);
      new PackageLogger().warn(`instrument.http.labels.${name} threw, and is the empty text then: ${String(error)}`);
    }
    return '';
  }
}
