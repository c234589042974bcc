import type { End } from './end-of.js';

/** A real server, started as a process of its own for a test or the demo. */
export interface RunningServer {
  /** 'redis', 'pushgateway', 'prometheus' or 'haproxy'. */
  readonly name: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  /** '127.0.0.1:port' */
  readonly address: string;
  /** 'http://127.0.0.1:port'; with https if its web configuration turned TLS on. */
  readonly url: string;
  readonly pid: number;
  /** What it has printed so far, both streams; only the last 256 KiB are kept. */
  output(): string;
  /** Ends it, frozen or not: SIGTERM, SIGKILL after 5 s; removes its folder. Any number of calls. */
  stop(): Promise<void>;
  /** Sends a signal (SIGSTOP freezes, SIGCONT thaws, SIGKILL crashes it); nothing happens if it has ended. */
  kill(signal: NodeJS.Signals): void;
  /** Settles when the process has ended, whoever ended it. */
  readonly exited: Promise<End>;
}
