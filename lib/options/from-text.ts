import type { AutoPushOptions, ExemplarSource, PushFormat, PushStrategy } from './module-options.js';

// What a text of the environment means, by the kind of option. Each throws an Error that says what was expected.

export function asText(text: string): string {
  return text;
}

export function asTextOrList(text: string): string | string[] {
  return text.includes(',') ? asList(text) : text;
}

export function asList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

/** @param of What is counted, such as milliseconds */
export function asWholeNumber(of?: string): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text)) return Number(text);
    throw new Error(`a whole number${of === undefined ? '' : ` of ${of}`}, got "${text}"`);
  };
}

export function asFlag(text: string): boolean {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw new Error(`true or false, got "${text}"`);
}

export function asLabels(text: string): Record<string, string> {
  const pairs = asList(text).map((item): [string, string] => {
    const at = item.indexOf('=');
    if (at < 1) throw new Error(`name=value pairs separated by commas, got "${text}"`);
    return [item.slice(0, at).trim(), item.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}

export function asStrategy(text: string): PushStrategy {
  if (text === 'sticky' || text === 'broadcast') return text;
  throw new Error(`sticky or broadcast, got "${text}"`);
}

export function asFormat(text: string): PushFormat {
  if (text === 'auto' || text === 'protobuf' || text === 'text') return text;
  throw new Error(`auto, protobuf or text, got "${text}"`);
}

export function asExemplars(text: string): ExemplarSource {
  if (text === 'active-span') return text;
  throw new Error(`active-span, got "${text}"`);
}

/** `off`, milliseconds, or a cron expression. */
export function asAutoPush(text: string): AutoPushOptions {
  if (/^(false|no|off|never)$/i.test(text)) return false;
  return /^\d+$/.test(text) ? { everyMs: Number(text) } : { cron: text };
}
