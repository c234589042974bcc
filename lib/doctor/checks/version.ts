export type Version = readonly [major: number, minor: number];

/** A version that cannot be read is taken for a new one. */
export function isBefore(text: string, [major, minor]: Version): boolean {
  const [, own, ownMinor] = (/^v?(\d+)\.(\d+)/.exec(text) ?? []).map(Number);
  if (own === undefined || ownMinor === undefined) return false;
  return own < major || (own === major && ownMinor < minor);
}
