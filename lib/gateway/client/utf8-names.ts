import { GatewayResponseError } from '../../errors/index.js';
import { isClassicLabelName } from '../../model/index.js';
import type { BothFormats, ExpositionText } from './exposition-body.js';
import type { GatewayRequests } from './gateway-requests.js';
import { type GroupingKey, isEscaped } from './grouping-key.js';
import { flagsIn, STATUS_PATH } from './gateway-status.js';

/** With it a Pushgateway, 1.11 or later, takes names that are not of the classic form. */
export const UTF8_FLAG = 'push.enable-utf8-names';

const ADVICE = `start it with --${UTF8_FLAG} (Pushgateway 1.11 or later), or take letters, digits and "_" for the name`;

/** What may be sent to a gateway, and what a refusal of it means. */
interface Checked {
  readonly allowed: Pick<BothFormats, 'text'> & Partial<Pick<BothFormats, 'protobuf'>>;
  /** @throws what a push as text failed with, and what names may have to do with it. */
  readonly failed: (error: unknown) => never;
}

/**
 * If there are names in UTF-8, asks whether the gateway takes them. As protobuf every gateway takes them, and one before 1.6 then has a
 * page that no Prometheus can read; as text it refuses them. So where nobody can tell, as through a proxy that allows pushes only, they
 * go as text.
 * @throws GatewayResponseError if it does not.
 */
export async function checkedNames(
  requests: GatewayRequests,
  key: GroupingKey,
  exposition: ExpositionText | BothFormats,
  signal?: AbortSignal,
): Promise<Checked> {
  const both = typeof exposition === 'object' ? exposition : { text: exposition };
  const label = Object.keys(key).find((name) => !isClassicLabelName(name));
  const name = ('utf8Name' in both ? both.utf8Name : undefined) ?? label;
  if (name === undefined) return { allowed: both, failed: rethrow };
  const response = await requests.ask({ method: 'GET', path: STATUS_PATH, ...(signal && { signal }) });
  const flags = response.status === 200 ? flagsIn(response.body) : undefined;
  const refuse = (reason: string): never => {
    throw new GatewayResponseError(`${requests.http.server} got no push: ${reason}`, response.status, reason);
  };
  if (flags?.[UTF8_FLAG] === 'true') return { allowed: both, failed: rethrow };
  if (flags !== undefined) return refuse(`it takes no names in UTF-8, such as ${JSON.stringify(name)}: ${ADVICE}`);
  const escaped = Object.keys(key).find(isEscaped);
  if (escaped !== undefined) {
    refuse(
      `it does not show its flags (${STATUS_PATH}), and without --${UTF8_FLAG} it would take ${JSON.stringify(escaped)} for another grouping label`,
    );
  }
  return { allowed: { text: both.text }, failed: (error) => rethrow(explained(error, name)) };
}

function rethrow(error: unknown): never {
  throw error;
}

/** The refusal of a push with such a name, with what to do about it. */
function explained(error: unknown, name: string): unknown {
  if (!(error instanceof GatewayResponseError) || error.status !== 400) return error;
  const { message, status, reason } = error;
  return new GatewayResponseError(`${message} (of ${JSON.stringify(name)}? ${ADVICE})`, status, reason);
}
