import type { Verdict } from './judge.js';
import type { PlaceKind } from './place.js';
import type { StagedGateway } from './stage-messages.js';

/** What the page shows; it comes as an event twice a second. */
export interface BoardState {
  readonly token: string;
  readonly verdict: Exclude<Verdict, 'none'>;
  readonly rows: readonly RowState[];
  readonly places: readonly PlaceState[];
  readonly autoPush: { readonly isOn: boolean; readonly everyMs: number };
  /** Only in a demo: whether its customers come by themselves. */
  readonly demo?: { readonly customersCome: boolean };
}

export interface RowState {
  readonly title: string;
  readonly job: string;
  /** Counted by this process. */
  readonly here: number;
  /** What the store has besides: from former runs and other replicas. */
  readonly elsewhere: number;
}

export interface PlaceState {
  readonly kind: PlaceKind;
  readonly name: string;
  readonly url: string;
  readonly verdict: Exclude<Verdict, 'none'>;
  /** One per row. */
  readonly cells: readonly { readonly value?: number; readonly verdict: Verdict }[];
  /** The groups are on another gateway. */
  readonly isEmpty: boolean;
  /** For how long it may be behind; null while nothing is pushed. */
  readonly mayLagMs: number | null;
  /** How old its values are: since they were read (store) or pushed. */
  readonly ageMs?: number;
  /** Why it could not be read. */
  readonly error?: string;
  /** Only in a demo, of a gateway that it can kill. */
  readonly state?: StagedGateway['state'];
}
