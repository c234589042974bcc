import type { Finding, Severity } from '../doctor/index.js';
import { printable } from '../errors/printable.js';
import type { Output } from './output.js';
import { coloured, wrapped } from './terminal.js';

const ORDER: readonly Severity[] = ['error', 'warning', 'hint', 'ok'];
/** A longer subject pushes its own line only. */
const LONGEST_COLUMN = 44;

const COLOURS = { error: 'red', warning: 'yellow', hint: 'cyan', ok: 'green' } as const;

/**
 * One line per finding, for people: the worst first, then a summary. On a terminal in colours, and wrapped by its width. Control
 * characters in words of servers are escaped.
 */
export function doctorText(findings: readonly Finding[], output: Output): string {
  const width = Math.min(LONGEST_COLUMN, Math.max(0, ...findings.map(({ subject }) => subject.length)));
  const sorted = ORDER.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  return `${[...sorted.map((finding) => lineOf(finding, width, output)), '', summary(findings)].join('\n')}\n`;
}

function lineOf({ severity, subject, finding, why, fix }: Finding, width: number, output: Output): string {
  const text = [finding, why, fix === undefined ? undefined : `Fix: ${fix}`].filter((part) => part !== undefined);
  const head = printable(`${severity.padEnd(7)}  ${subject.padEnd(width)}  `);
  const line = `${head}${wrapped(printable(text.join('. ')), head.length, output)}`;
  return `${coloured(severity, COLOURS[severity], output)}${line.slice(severity.length)}`;
}

function summary(findings: readonly Finding[]): string {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const counted = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const parts = [
    counted(count('error'), 'error'),
    counted(count('warning'), 'warning'),
    ...(count('hint') > 0 ? [counted(count('hint'), 'hint')] : []),
    `${counted(count('ok'), 'check')} passed`,
  ];
  return parts.join(', ');
}
