import { type Finding, ok, warning } from '../finding.js';
import { spanText } from './intervals.js';

/** Clocks this far apart pass: `Date` headers have whole seconds. */
const TOLERANCE_MS = 2_000;

export interface ClockReading {
  readonly subject: string;
  readonly server: 'store' | 'gateway' | 'prometheus';
  /** How far its clock is ahead of this process' clock; undefined if it does not tell. */
  readonly clockAheadMs: number | undefined;
}

const WHY: Readonly<Record<ClockReading['server'], string>> = {
  store: 'Windows of summaries go by its clock; if that of a process is set, its quantiles are off for up to a minute',
  gateway: 'push_time_seconds goes by its clock: alerts on the age of a push are off by as much',
  prometheus:
    'Alerts compare its clock with push_time_seconds: they are off by as much, and so are queries for a moment',
};

/** Compares the clocks of all servers with that of this process. */
export function checkClocks(readings: readonly ClockReading[]): Finding[] {
  const known = readings.filter(
    (reading): reading is ClockReading & { clockAheadMs: number } => reading.clockAheadMs !== undefined,
  );
  const wrong = known.filter(({ clockAheadMs }) => Math.abs(clockAheadMs) > TOLERANCE_MS);
  const findings = wrong.map(({ subject, server, clockAheadMs }) => {
    const span = spanText(Math.abs(clockAheadMs));
    return warning(
      'clocks',
      subject,
      `its clock is ${span} ${clockAheadMs > 0 ? 'ahead of' : 'behind'} this process' clock`,
      {
        why: WHY[server],
        fix: 'Let both machines keep their time by NTP',
      },
    );
  });
  if (known.length === 0 || wrong.length > 0) return findings;
  return [
    ok(
      'clocks',
      'this process',
      `its clock and ${known.length === 1 ? 'that of 1 server' : `those of ${known.length} servers`} agree`,
    ),
  ];
}
