import { closest } from './closest.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Kubernetes sets these for services named prometheus and pushgateway. */
const FROM_KUBERNETES = /_(PORT|SERVICE)(_|$)/;
/** What other tools call the gateway's address, and the job: read where ours is not set. */
export const GATEWAY_URLS: readonly string[] = ['PUSHGATEWAY_URL', 'PROMETHEUS_PUSHGATEWAY_URL'];
export const SERVICE_NAME = 'OTEL_SERVICE_NAME';

/** How others name variables that say where a server is. */
const FOREIGN_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^PUSHGATEWAY_REDIS_(URL|URI|HOST|ADDR|ADDRESS|SERVER|CONNECTION)$/, 'PUSHGATEWAY_REDIS'],
  [/^PUSHGATEWAY_(URI|ADDR|ADDRESS|ENDPOINT|SERVER|BASE_URL)$/, 'PUSHGATEWAY_HOST'],
  [/^PROMETHEUS_(URL|URI|ADDR|ADDRESS|ENDPOINT|SERVER|BASE_URL)$/, 'PROMETHEUS_HOST'],
];

/** The value of the first of these variables that is set. A blank one counts as unset. */
export function valueOf(environment: Environment, ...names: readonly string[]): string | undefined {
  return names.map((name) => environment[name]?.trim()).find((text) => text !== undefined && text !== '');
}

/** Variables that were surely meant for ours: faults. */
export function misspellings(environment: Environment, known: readonly string[]): string[] {
  return Object.keys(environment).flatMap((name) => {
    const meant = misspelt(name, environment, known);
    return meant === undefined ? [] : [`${name}: unknown variable; did you mean ${meant}?`];
  });
}

function misspelt(name: string, environment: Environment, known: readonly string[]): string | undefined {
  if (!/^(PROMETHEUS|PUSHGATEWAY)_/.test(name) || isOfOthers(name, known)) return undefined;
  return closest(name, known) ?? foreignName(name, environment);
}

/** Another program's variable is left alone where ours is set. */
function foreignName(name: string, environment: Environment): string | undefined {
  const [, meant] = FOREIGN_NAMES.find(([pattern]) => pattern.test(name)) ?? [];
  return meant !== undefined && !environment[meant] ? meant : undefined;
}

function isOfOthers(name: string, known: readonly string[]): boolean {
  return FROM_KUBERNETES.test(name) || [...known, ...GATEWAY_URLS, SERVICE_NAME].includes(name);
}

/** First parts of names by which people tell what a variable is for. */
const ABOUT_US = /^((PROMETHEUS|PROM|PUSHGATEWAY|PUSH_GATEWAY|METRICS|NESTJS|NEST)_)+/;
const PREFIXES = ['PUSHGATEWAY_', 'PROMETHEUS_'];
/** What others call the last part. */
const OTHER_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(URL|URI|ADDR|ADDRESS|ENDPOINT|SERVER|BASE_URL)$/, 'HOST'],
  [/^(JOB_?NAMES?)$/, 'JOBS'],
  [/^REDIS_(URL|URI|HOST|ADDR|ADDRESS)$/, 'REDIS'],
];

/**
 * Variables that are near ours, which may be another program's as well: what to say of them. Silent where the right one is set.
 */
export function nearMisses(environment: Environment, known: readonly string[]): string[] {
  return Object.keys(environment).flatMap((name) => {
    const prefix = ABOUT_US.exec(name)?.[0];
    if (prefix === undefined || valueOf(environment, name) === undefined || isOfOthers(name, known)) return [];
    if (misspelt(name, environment, known) !== undefined) return [];
    const meant = variableFor(name.slice(prefix.length), /PUSH_?GATEWAY/.test(prefix), known);
    if (meant === undefined || valueOf(environment, meant) !== undefined) return [];
    return [`The environment variable ${name} is not read: it is called ${meant}`];
  });
}

function variableFor(rest: string, isOfGateway: boolean, known: readonly string[]): string | undefined {
  const [, word = rest] = OTHER_WORDS.find(([pattern]) => pattern.test(rest)) ?? [];
  const names = known.map((name) => name.slice(name.indexOf('_') + 1));
  const meant = closest(word, names);
  const prefixes = isOfGateway ? PREFIXES : [...PREFIXES].reverse();
  return prefixes.map((prefix) => `${prefix}${meant}`).find((name) => known.includes(name));
}
