import { readSource } from '../../../lib/store/redis/connection/script.js';
import type { Traffic } from '../../support/tcp-proxy.js';

/** A moment in a push, as the network sees it. */
export interface Step {
  readonly name: string;
  readonly server: 'redis' | 'gateway';
  /** Whether it is only there when a pool of gateways keeps a ledger. */
  readonly isOfLedger: boolean;
  /** Whether it is only there when a group moves. */
  readonly isOfMove: boolean;
  /** If this is the moment: how many of these bytes still get through. */
  reached(traffic: Traffic): number | undefined;
}

/** What stands before a script: by the hash of the whole it is known. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  apply: ['starts', 'series', 'native', 'exemplars'],
  'begin-push': ['starts', 'series', 'shapes', 'pushing', 'reading', 'turn'],
  ledger: ['pushing'],
};

/** Every command a push sends to Redis, in its order, and every part of its request to the gateway. */
export const steps: readonly Step[] = [
  ...command('flush', 'apply'),
  ...command('begin-push', 'begin-push'),
  ...command('ledger hold', 'ledger', 'hold'),
  request('connect', ({ kind }) => (kind === 'accepted' ? 0 : undefined)),
  request('headers', ({ kind, bytes }) => (kind === 'sent' && isPut(bytes) ? bytes.length : undefined)),
  request('100 Continue', ({ kind, bytes }) => (kind === 'received' && starts(bytes, 'HTTP/1.1 100') ? 0 : undefined)),
  ...command('keep-turn', 'keep-turn'),
  request('half a body', ({ kind, bytes }) => (kind === 'sent' && isBody(bytes) ? bytes.length >> 1 : undefined)),
  request('body', ({ kind, bytes }) => (kind === 'sent' && isEnd(bytes) ? bytes.length : undefined)),
  request('answer', ({ kind, bytes }) => (kind === 'received' && starts(bytes, 'HTTP/1.1 20') ? 0 : undefined)),
  ...command('end-turn', 'end-turn'),
  ...command('ledger strike', 'ledger', 'strike'),
];

/** Two moments: the command never arrives; it arrives, and its answer does not. */
function command(name: string, script: string, verb?: string): Step[] {
  const { sha } = readSource(['prelude', ...(PARTS[script] ?? []), script]);
  const isIt = ({ kind, bytes }: Traffic): boolean => {
    if (kind !== 'sent') return false;
    const at = bytes.indexOf(sha);
    return at >= 0 && (verb === undefined || bytes.includes(`\r\n${verb}\r\n`, at));
  };
  const base = {
    server: 'redis' as const,
    isOfLedger: script === 'ledger',
    isOfMove: verb === 'hold' || verb === 'strike',
  };
  return [
    { ...base, name: `before ${name}`, reached: (traffic) => (isIt(traffic) ? 0 : undefined) },
    { ...base, name: `after ${name}`, reached: (traffic) => (isIt(traffic) ? traffic.bytes.length : undefined) },
  ];
}

function request(name: string, reached: Step['reached']): Step {
  return { name: `at ${name}`, server: 'gateway', isOfLedger: false, isOfMove: false, reached };
}

const starts = (bytes: Buffer, text: string): boolean => bytes.subarray(0, text.length).toString() === text;
const isPut = (bytes: Buffer): boolean => starts(bytes, 'PUT ');
const isEnd = (bytes: Buffer): boolean => bytes.subarray(-5).toString() === '0\r\n\r\n';
/** A chunk: its length in hexadecimal digits, then its bytes. Headers begin with a verb. */
const isBody = (bytes: Buffer): boolean => /^[0-9a-f]+\r\n/.test(bytes.subarray(0, 12).toString('latin1'));
