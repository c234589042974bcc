import type { Group } from '../model/index.js';

/** New series, which pushes show at 0 until Prometheus has had the time to see them so. */
export interface Announcements {
  /**
   * Ends the announcement of the series that pushes have shown at 0 for at least `shownForMs`; 0: of all series. Only who has
   * the turn may do that, before it reads.
   */
  release(group: Group, shownForMs: number): Promise<void>;

  /** Notes that a push which took its turn at `takenAt` has just succeeded: it has shown what is being announced. */
  noteShown(group: Group, takenAt: number): Promise<void>;
}
