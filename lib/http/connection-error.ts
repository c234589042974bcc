import { HttpConnectionError } from '../errors/index.js';
import { readableText } from './readable-text.js';

const CLOSED_EARLY = /^(ECONNRESET|EPIPE|ECONNABORTED|ERR_BAD_RESPONSE|ERR_STREAM_PREMATURE_CLOSE)$/;
const UNTRUSTED = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)_\w+)$/;
const TLS =
  /^(EPROTO|ERR_(TLS|SSL|OSSL)_\w+|CERT_\w+|UNABLE_TO_\w+|\w+_IN_CHAIN|DEPTH_ZERO_\w+|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH)$/;
/** What newer Node adds to an error of trust. */
const ADVICE = /; if the root CA is installed locally.*$/;
/** What OpenSSL says when the other side answers in plain text. */
const PLAIN_TEXT = /wrong version number|packet length too long|record layer failure/;

/**
 * Says in one line why no HTTP answer came from `server` (such as `Pushgateway http://localhost:9091`). The original error
 * is not attached: axios hangs the whole request on it, credentials included.
 */
export function connectionError(server: string, error: unknown): HttpConnectionError {
  const { code, message } = codeAndMessage(error);
  return new HttpConnectionError(`${server} ${explain(code, message)}`, code);
}

function explain(code: string, message: string): string {
  if (UNTRUSTED.test(code)) {
    return `failed the TLS handshake: ${message.replace(ADVICE, '')} (${code}): give the certificate authority as tls.ca`;
  }
  if (TLS.test(code)) {
    const reason = PLAIN_TEXT.test(message) ? 'it does not speak TLS: is it http, not https?' : message;
    return `failed the TLS handshake: ${reason} (${code})`;
  }
  if (CLOSED_EARLY.test(code)) return `closed the connection before it answered: ${message} (${code})`;
  if (code.startsWith('HPE_')) return `did not answer in HTTP: ${message} (${code})`;
  return message.includes(code) ? `unreachable: ${message}` : `unreachable: ${message} (${code})`;
}

function codeAndMessage(error: unknown): { code: string; message: string } {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // Parts of it may be the server's own words, such as the names in its certificate.
  return { code: typeof code === 'string' ? code : 'UNKNOWN', message: readableText(String(message), []) };
}
