export type Severity = 'error' | 'warning' | 'hint' | 'ok';

/** One line of a diagnosis. No secret is in any of its texts. */
export interface Finding {
  /** Stable name of the check, for machines: `redis.persistence`. */
  readonly check: string;
  /**
   * `error`: numbers are wrong or missing. `warning`: they can become so, or it could not be told. `hint`: they are as promised, and could be
   * better. `ok`: passed.
   */
  readonly severity: Severity;
  /** What was looked at: an address, or a group. */
  readonly subject: string;
  /** What was found. */
  readonly finding: string;
  /** Why it matters; not with `ok`. */
  readonly why?: string;
  /** What to change; not with `ok`. */
  readonly fix?: string;
}

/** What to say beside the finding itself. */
export interface Advice {
  readonly why: string;
  readonly fix: string;
}

export function ok(check: string, subject: string, finding: string): Finding {
  return { check, severity: 'ok', subject, finding };
}

export function warning(check: string, subject: string, finding: string, { why, fix }: Advice): Finding {
  return { check, severity: 'warning', subject, finding, why, fix };
}

export function hint(check: string, subject: string, finding: string, { why, fix }: Advice): Finding {
  return { check, severity: 'hint', subject, finding, why, fix };
}

export function error(check: string, subject: string, finding: string, { why, fix }: Advice): Finding {
  return { check, severity: 'error', subject, finding, why, fix };
}
