import type { Surroundings } from './surroundings.js';

export interface Project {
  readonly name: string;
  /** Makes the project and uses it. Rejects with what a user would see if it does not work. */
  readonly run: (surroundings: Surroundings) => Promise<void>;
}

export interface Outcome {
  readonly name: string;
  readonly failure: Error | undefined;
  readonly seconds: number;
}
