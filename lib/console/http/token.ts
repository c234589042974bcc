import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** So long a page may stay open and act. */
const VALID_MS = 12 * 60 * 60_000;
/** Times of two machines may differ by so much. */
const AHEAD_MS = 5 * 60_000;

/** Tokens of page loads: who has read one has read the page, which no other site can. */
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
