/**
 * How other clients, and libraries around ioredis, spell what names a server, a database or credentials: node-redis, Bull and
 * BullMQ, cache-manager, NestJS modules, go-redis, Jedis and Spring, redis-py. ioredis ignores them, and connects to
 * localhost, to database 0, or without a password. Compared without case, `_` and `-`.
 */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  'the URL itself: redis: "redis://host:6379/0"': [
    ...['url', 'urls', 'uri', 'dsn', 'connectionstring', 'connectionurl', 'redisurl', 'redisuri', 'cacheurl'],
  ],
  '"host" and "port"': [
    ...['addr', 'addrs', 'address', 'addresses', 'hosts', 'hostname', 'hostnames', 'hostandport', 'server', 'servers'],
    ...['endpoint', 'endpoints', 'redishost', 'redisport', 'ip'],
  ],
  '"host", "port" and "tls" beside the others': ['socket', 'net'],
  '"path"': ['unix', 'unixsocket', 'unixsocketpath', 'socketpath', 'sock'],
  '"db"': [
    ...['database', 'databases', 'databaseindex', 'databaseid', 'databasenumber', 'dbindex', 'dbindexes', 'dbnumber'],
    ...['dbnum', 'dbname', 'selecteddb', 'select', 'redisdb', 'defaultdatabase'],
  ],
  '"username"': ['user', 'login', 'userid', 'redisuser', 'redisusername'],
  '"password"': [
    ...['pass', 'passwd', 'pwd', 'auth', 'authpass', 'authpassword', 'authentication', 'authstring', 'requirepass'],
    ...[
      'token',
      'authtoken',
      'secret',
      'credentials',
      'credential',
      'credentialsprovider',
      'redispassword',
      'accesskey',
    ],
  ],
  '"sentinels" and "name"': [
    ...['sentinel', 'sentinelhosts', 'sentineladdrs', 'sentinelnodes', 'sentinelrootnodes', 'sentinelurls'],
    ...['master', 'mastername', 'masterset', 'mastergroup'],
  ],
  '{ nodes, options }': [
    ...['cluster', 'clusters', 'clusternodes', 'clusteroptions', 'rootnodes', 'startupnodes', 'defaults'],
  ],
  '"tls"': ['ssl', 'usetls', 'usessl', 'tlsoptions', 'tlsconfig', 'secure'],
  'its content itself': [
    ...['redis', 'ioredis', 'redisoptions', 'connection', 'connectionoptions', 'client', 'clientoptions', 'config'],
    ...['options', 'opts', 'store', 'createclient', 'single', 'standalone'],
  ],
};

const RIGHT = new Map(
  Object.entries(SPELLINGS).flatMap(([right, spellings]) => spellings.map((name) => [name, right] as const)),
);

/** What a key of another client is called here: `"db"` for `database`; undefined for any other key. */
export function meantBy(key: string): string | undefined {
  return RIGHT.get(plain(key));
}

/** The same option but for case, `_` and `-`: `key_prefix`, `DB`. */
export function sameBut(key: string, known: readonly string[]): string | undefined {
  return known.find((name) => plain(name) === plain(key));
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '');
}
