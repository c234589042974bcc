import {
  CredentialsError,
  GatewayResponseError,
  HttpConnectionError,
  HttpProxyError,
  HttpTimeoutError,
  PrometheusResponseError,
} from '../../errors/index.js';

/** Why a server did not give what it was asked for, and what may help. */
export interface Failure {
  readonly finding: string;
  readonly fix: string;
}

/** What is asked, as messages name it, and the options that say how. */
export interface Asked {
  readonly service: 'Pushgateway' | 'Prometheus';
  readonly section: 'pushgateway' | 'prometheus';
  /** Service and address, with which the messages of errors begin. */
  readonly server: string;
}

export const GATEWAY = { service: 'Pushgateway', section: 'pushgateway' } as const;
export const PROMETHEUS = { service: 'Prometheus', section: 'prometheus' } as const;

/** @throws the error itself if it is none that a server caused. */
export function failureOf(error: unknown, asked: Asked): Failure {
  if (error instanceof GatewayResponseError || error instanceof PrometheusResponseError) {
    return refusalOf(error.status, error.reason, asked);
  }
  if (error instanceof CredentialsError) {
    const finding = error.message.slice(asked.server.length + 1);
    return { finding, fix: `Correct the file or the function that ${asked.section} logs in with` };
  }
  if (error instanceof HttpProxyError) {
    return { finding: error.message.slice(asked.server.length + 1), fix: proxyFix(error, asked) };
  }
  if (!(error instanceof HttpConnectionError) && !(error instanceof HttpTimeoutError)) throw error;
  const finding = error.message.startsWith(asked.server) ? error.message.slice(asked.server.length + 1) : error.message;
  return { finding, fix: connectionFix(error, asked) };
}

function proxyFix({ status }: HttpProxyError, { service, section }: Asked): string {
  if (status === undefined) return `Start the proxy, or correct ${section}.proxy`;
  if (status === 407) return `Put the user name and the password that the proxy expects into ${section}.proxy`;
  if (status < 500) return `Let the proxy open connections (CONNECT) to ${section}.host, or take ${section}.proxy out`;
  return `See whether ${service} is up and can be reached from the proxy`;
}

function connectionFix(error: HttpConnectionError | HttpTimeoutError, { service, section }: Asked): string {
  const { message } = error;
  if (error instanceof HttpTimeoutError) {
    return `See whether it is frozen or cut off by a firewall; ${section}.timeoutMs is how long it may take`;
  }
  if (message.includes('TLS handshake')) {
    return message.includes('does not speak TLS')
      ? `Write http:// in ${section}.host, or let ${service} speak TLS`
      : `Give its certificate authority as ${section}.tls.ca, and the name in its certificate in ${section}.host`;
  }
  if (error.reason === 'ECONNREFUSED') return `Start it, or correct ${section}.host`;
  return `Correct ${section}.host, or see what is between here and there`;
}

function refusalOf(status: number, reason: string, { service, section }: Asked): Failure {
  const answered = `answered ${status}: ${reason}`;
  if (status === 401 || status === 403) {
    return {
      finding: `refuses the credentials (${answered})`,
      fix: `Set ${section}.username and password, or ${section}.bearerToken, to what it expects`,
    };
  }
  if (reason.includes('HTTP request to an HTTPS server')) {
    return { finding: `speaks TLS (${answered})`, fix: `Write https:// in ${section}.host` };
  }
  if (status === 404 || (status >= 300 && status < 400)) {
    return {
      finding: `has no ${service} at this path (${answered})`,
      fix: `If it runs with --web.route-prefix, put that path into ${section}.host, as in "http://host:port/prefix"; else correct the address`,
    };
  }
  if (status >= 500) {
    return {
      finding: `cannot serve (${answered})`,
      fix: `See its log; if it is a proxy, see whether a ${service} is up behind it`,
    };
  }
  return { finding: `is no ${service} (${answered})`, fix: `Correct ${section}.host` };
}
