import type { Finding, Severity } from '../doctor/index.js';
import { printable } from '../errors/printable.js';

const ORDER: readonly Severity[] = ['error', 'warning', 'ok'];
/** A longer subject pushes its own line only. */
const LONGEST_COLUMN = 44;

/** One line a finding, for people: the worst first, then a summary. Of what servers said a terminal obeys nothing. */
export function doctorText(findings: readonly Finding[]): string {
  const width = Math.min(LONGEST_COLUMN, Math.max(0, ...findings.map(({ subject }) => subject.length)));
  const sorted = ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  return `${[...sorted.map((finding) => lineOf(finding, width)), '', summary(findings)].join('\n')}\n`;
}

function lineOf({ severity, subject, finding, why, fix }: Finding, width: number): string {
  const text = [finding, why, fix === undefined ? undefined : `Fix: ${fix}`].filter((part) => part !== undefined);
  return printable(`${severity.padEnd(7)}  ${subject.padEnd(width)}  ${text.join('. ')}`);
}

function summary(findings: readonly Finding[]): string {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const parts = [
    counted(count('error'), 'error'),
    counted(count('warning'), 'warning'),
    `${counted(count('ok'), 'check')} passed`,
  ];
  return parts.join(', ');
}
