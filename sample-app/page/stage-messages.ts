import type { Happening } from '../places/tally.js';

export const ACTS = ['kill', 'freeze', 'revive'] as const;

/** What can be done to a gateway. */
export type Act = (typeof ACTS)[number];

export interface StagedGateway {
  readonly name: string;
  readonly url: string;
  readonly state: 'running' | 'frozen' | 'killed';
}

/** What whoever has started the servers says of them. */
export interface Staging {
  readonly gateways: readonly StagedGateway[];
  readonly prometheus: readonly { readonly name: string; readonly url: string }[];
  readonly scrapeEveryMs: number;
  /** Whether customers come by themselves. */
  readonly hasCustomers: boolean;
}

/** A wish of the page. */
export type Wish =
  { readonly act: Act; readonly gateway: string } | { readonly act: 'customers'; readonly come: boolean };

export type FromDemo =
  | { readonly staging: Staging }
  /** The wish of that number was granted, or why not. */
  | { readonly id: number; readonly error?: string };

export type FromShop = { readonly id: number; readonly wish: Wish } | { readonly happening: Happening };
