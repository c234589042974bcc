import type { Group } from '../model/index.js';

/** New series, which pushes show at 0 until Prometheus has had the time to see them so. */
export interface Announcements {
  /**
   * Ends the announcement of series that pushes have shown at 0 for at least `shownForMs` milliseconds; 0 ends it for all
   * series. Only a push that has the turn may call this, before it reads.
   */
  release(group: Group, shownForMs: number): Promise<void>;

  /** Notes that a push has just succeeded, and so has shown at 0 what is being announced. It took its turn at `takenAt`. */
  noteShown(group: Group, takenAt: number): Promise<void>;
}
