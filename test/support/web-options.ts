/** The scheme a server speaks with this `--web.config.file`. */
export function schemeOf(webConfig: string | undefined): 'http' | 'https' {
  return webConfig !== undefined && /^tls_server_config:/m.test(webConfig) ? 'https' : 'http';
}

/** Where Prometheus and Pushgateway tell whether they are ready, given their arguments. */
export function readyPath(args: readonly string[]): string {
  const value = (flag: string): string | undefined =>
    args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1);
  const external = value('--web.external-url');
  const prefix =
    value('--web.route-prefix') ?? (external === undefined ? '' : new URL(external, 'http://localhost').pathname);
  return `/${prefix}/-/ready`.replaceAll(/\/{2,}/g, '/');
}
