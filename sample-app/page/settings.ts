import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { prometheusPushgatewayConfig } from 'nestjs-prometheus-pushgateway/config';

const DEFAULT_GATEWAY = 'localhost:9091';
const DEFAULT_PUSH_EVERY_MS = 15_000;

export interface ConfiguredGateway {
  readonly url: string;
  /** What it wants to see of whoever asks it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What the page has to know of the options: read from the environment once more, as the module reads them. */
@Injectable()
export class ShopSettings {
  readonly jobs: readonly string[];
  readonly instance: string;
  readonly gateways: readonly ConfiguredGateway[];
  readonly storeTitle: string;
  readonly isBroadcast: boolean;
  readonly pushEveryMs: number;

  constructor(@Inject(prometheusPushgatewayConfig.KEY) options: ConfigType<typeof prometheusPushgatewayConfig>) {
    const { prometheus, pushgateway = {}, autoPush } = options;
    this.jobs = prometheus.jobs;
    this.instance = prometheus.instance ?? 'localhost';
    this.gateways = [pushgateway.host ?? DEFAULT_GATEWAY].flat().map((host) => gatewayAt(host, pushgateway));
    this.storeTitle = pushgateway.redis === 'memory' ? 'Memory' : 'Redis';
    this.isBroadcast = pushgateway.strategy === 'broadcast';
    this.pushEveryMs = autoPush && 'everyMs' in autoPush ? autoPush.everyMs : DEFAULT_PUSH_EVERY_MS;
  }
}

/** A gateway without its credentials, which are for headers and not for people to see. */
function gatewayAt(host: string, options: Credentials): ConfiguredGateway {
  const url = new URL(/^https?:\/\//.test(host) ? host : `http://${host}`);
  const { username, password } = url;
  url.username = url.password = '';
  const own =
    username === '' ? options : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { url: url.href.replace(/\/+$/, ''), headers: authorization(own) };
}

interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly bearerToken?: string;
}

function authorization({ username, password, bearerToken }: Credentials): Record<string, string> {
  if (bearerToken !== undefined) return { authorization: `Bearer ${bearerToken}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
}
