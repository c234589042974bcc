import { distance } from 'fastest-levenshtein';

/** The name that was probably meant: two typing errors away at the most, one for very short names. */
export function closest(given: string, known: readonly string[]): string | undefined {
  const farthest = given.length > 3 ? 2 : 1;
  const near = known
    .map((name) => ({ name, errors: distance(given, name) }))
    .filter(({ errors }) => errors <= farthest);
  return near.sort((one, other) => one.errors - other.errors)[0]?.name;
}

/** How others call what is an option here. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  host: ['url', 'urls', 'uri', 'baseUrl', 'address', 'addresses', 'addr', 'endpoint', 'server', 'gateway', 'hostname'],
  username: ['user', 'login'],
  password: ['pass', 'passwd', 'pwd'],
  passwordFile: ['password_file', 'passwordPath'],
  bearerTokenFile: ['tokenFile', 'bearer_token_file', 'credentials_file', 'tokenPath'],
  bearerToken: ['token', 'bearer', 'authorization'],
  redis: ['redisUrl', 'redisOptions', 'redisClient', 'store', 'connection'],
  tls: ['ssl', 'https'],
  proxy: ['proxyUrl', 'httpProxy', 'httpsProxy', 'proxy_url'],
  timeoutMs: ['timeout'],
};

/** The name among `known` that is meant: by misspelling, or by another library's word. */
export function meantOption(given: string, known: readonly string[]): string | undefined {
  const foreign = Object.keys(FOREIGN).find((name) => known.includes(name) && FOREIGN[name]?.includes(given));
  return foreign ?? closest(inCamelCase(given), known);
}

/** Of `prefetch_group_label`, as YAML of others has it. */
function inCamelCase(name: string): string {
  return name.replaceAll(/(?<=[a-z])[_-]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
