/** Once a second, from a replica: its state after a full garbage collection. */
export interface ProcessSample {
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Timers, sockets and requests that keep the process alive. */
  readonly handles: number;
  /** Event loop delay of this second, without the garbage collection asked for, in milliseconds. */
  readonly loopP99Ms: number;
}

/** What a replica tells the soak. */
export type Message =
  /** It is about to have counted so many events in its life: told before it counts them. */
  | { readonly kind: 'counting'; readonly events: number }
  /** So many of them are in the store: told after `flush()` resolved. */
  | { readonly kind: 'flushed'; readonly events: number }
  | { readonly kind: 'sample'; readonly sample: ProcessSample };
