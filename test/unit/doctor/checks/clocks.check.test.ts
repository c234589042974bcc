import { checkClocks, type ClockReading } from '../../../../lib/doctor/checks/clocks.check.js';
import { faultsOf, passedOf } from '../support.js';

const reading = (server: ClockReading['server'], clockAheadMs: number | undefined): ClockReading => ({
  subject: `a ${server}`,
  server,
  clockAheadMs,
});

it('lets clocks be two seconds apart', () => {
  const findings = checkClocks([reading('store', 2_000), reading('gateway', -2_000), reading('prometheus', undefined)]);
  expect(faultsOf(findings)).toEqual([]);
  expect(passedOf(findings)).toEqual(['ok clocks this process: its clock and those of 2 servers agree']);
  expect(checkClocks([reading('gateway', undefined)])).toEqual([]);
});

it('says which clock is off, how far and what that does', () => {
  const findings = checkClocks([
    reading('store', 2_001),
    reading('gateway', -7_200_000),
    reading('prometheus', 90_000),
  ]);
  expect(passedOf(findings)).toEqual([]);
  expect(faultsOf(findings)).toEqual([
    "warning clocks a store: its clock is 2 s ahead of this process' clock",
    "warning clocks a gateway: its clock is 2 h behind this process' clock",
    "warning clocks a prometheus: its clock is 90 s ahead of this process' clock",
  ]);
  expect(findings.map(({ why }) => why)).toEqual([
    expect.stringContaining('summaries'),
    expect.stringContaining('push_time_seconds goes by its clock'),
    expect.stringContaining('Alerts compare its clock with push_time_seconds'),
  ]);
});
