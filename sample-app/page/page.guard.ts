import { isIP } from 'node:net';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import { Board } from './board.js';

export const TOKEN_HEADER = 'x-shop-token';

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/**
 * Keeps other websites out. One whose name is made to point here (DNS rebinding) sends its own name as Host: only addresses
 * and `localhost` are taken. One that sends a request across has another Origin, and does not know the token.
 */
@Injectable()
export class PageGuard implements CanActivate {
  constructor(private readonly board: Board) {}

  /** @throws ForbiddenException that says why. */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    const response = context.switchToHttp().getResponse<ServerResponse>();
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const refusal = refusalOf(request, this.board.token);
    if (refusal !== undefined) throw new ForbiddenException(refusal);
    return true;
  }
}

export function refusalOf(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  token: string,
): string | undefined {
  const { host = '', origin } = headers;
  if (!isOwnName(host)) return `Open the page by localhost or an address, not as "${host}"`;
  if (origin !== undefined && origin !== `http://${host}`) return `Asked for by another website: ${origin}`;
  if (method !== 'GET' && headers[TOKEN_HEADER] !== token) return `Without the token of the page in ${TOKEN_HEADER}`;
  return undefined;
}

/** Whether the peer is this machine. */
export function isLoopback(address = ''): boolean {
  return /^(::ffff:)?127\./.test(address) || address === '::1';
}

function isOwnName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) !== 0;
}
