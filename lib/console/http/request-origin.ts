type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Why a request for the page or its files is refused; undefined if it is not. */
export function framed(headers: Headers): string | undefined {
  const use = headers['sec-fetch-dest'];
  const isInside = use === 'iframe' || use === 'frame' || use === 'embed' || use === 'object';
  return isInside ? 'the console is not shown inside another page' : undefined;
}

/** Why a request for data, or to do something, is refused; undefined if our own page may have made it. */
export function foreign(headers: Headers, { isChange }: { isChange: boolean }): string | undefined {
  const site = headers['sec-fetch-site'];
  // Browsers send it for https and localhost; `none` is the address bar.
  if (site !== undefined && site !== 'same-origin' && (isChange || site !== 'none')) return 'another site asked for it';
  const { origin } = headers;
  if (site === undefined && isChange && origin === undefined) return 'it does not say which page asked for it';
  // A proxy may have changed the host: where the browser says that the origin is the same, it knows better.
  if (origin !== undefined && site === undefined && !isOwn(origin, headers)) return 'another site asked for it';
  return undefined;
}

function isOwn(origin: string | string[], headers: Headers): boolean {
  const hosts = [headers['host'], headers['x-forwarded-host']].flat().filter((host) => host !== undefined);
  try {
    return hosts.includes(new URL(String(origin)).host);
  } catch {
    return false;
  }
}
