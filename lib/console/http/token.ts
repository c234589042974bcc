import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long an open page may act. */
const VALID_MS = 12 * 60 * 60_000;
/** How far the clocks of two machines may differ. */
const AHEAD_MS = 5 * 60_000;

/** A token for each load of the page: only our own page can have read it, no other site. */
export class Tokens {
  readonly #key: string | Buffer;

  /** @param secret Default: a random one of this process. */
  constructor(secret?: string) {
    this.#key = secret ?? randomBytes(32);
  }

  /** For one load of the page: no two are alike. */
  issue(now: number): string {
    const load = `${now}.${randomBytes(16).toString('base64url')}`;
    return `${load}.${this.#sign(load).toString('base64url')}`;
  }

  isValid(token: unknown, now: number): boolean {
    if (typeof token !== 'string' || token.length > 200) return false;
    const [issued = '', nonce = '', signature = ''] = token.split('.');
    const given = Buffer.from(signature, 'base64url');
    const right = this.#sign(`${issued}.${nonce}`);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return false;
    const age = now - Number(issued);
    return age >= -AHEAD_MS && age <= VALID_MS;
  }

  #sign(load: string): Buffer {
    return createHmac('sha256', this.#key).update(`console ${load}`).digest();
  }
}
