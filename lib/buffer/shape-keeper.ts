import type { PackageLogger } from '../log/package-logger.js';
import { definitionShape, type ResolvedDefinition } from '../model/index.js';
import type { ContestedFamily, DefinedShape, Shapes } from '../store/index.js';
import type { UpdateBuffer } from './update-buffer.js';

/** How often a living process says what it has defined. */
const SAID_EVERY_MS = 10_000;
/**
 * A shape that no process has named for this long belongs to nobody. Together with the next look and a push, that is less than a
 * minute after the last process has ended.
 */
export const SHAPE_SILENT_MS = 40_000;

/** Told when what this process counts of a metric begins to wait, and when that is over. */
export interface ClashListener {
  clashed(job: string, metric: string, shape: string): void;
  clashIsOver(job: string, metric: string): void;
}

/**
 * Says in the store that this process lives with its definitions, also while it counts nothing: of a family whose definition
 * has changed, the values of the old shape are shown as long as a living process has it.
 */
export class ShapeKeeper {
  readonly #timers: NodeJS.Timeout[] = [];
  /** By job: families that were contested at the last look. */
  readonly #contested = new Map<string, ReadonlySet<string>>();
  /** Metrics of this process that wait for those of another shape, as `job metric`. */
  readonly #waiting = new Set<string>();

  constructor(
    private readonly buffers: readonly UpdateBuffer[],
    private readonly shapes: Shapes,
    private readonly logger: Pick<PackageLogger, 'warn' | 'log'>,
    /** Default: nobody. */
    private readonly listener?: ClashListener,
  ) {}

  start(everyMs = SAID_EVERY_MS): void {
    for (const buffer of this.buffers) {
      let isLooking = false;
      const look = async (): Promise<void> => {
        if (isLooking) return;
        isLooking = true;
        // If the store is away just now, its buffers log it.
        await this.look(buffer).catch(() => undefined);
        isLooking = false;
      };
      this.#timers.push(setInterval(() => void look(), everyMs).unref());
    }
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  /** @throws StoreUnavailableError */
  async look(buffer: UpdateBuffer): Promise<void> {
    const { group } = buffer;
    const defined = new Map(buffer.definitions.map((definition) => [definition.name, definition]));
    // While it does not answer, one question more would be one more that waits in the queue of a client.
    if (defined.size === 0 || buffer.isAway) return;
    const known = this.#contested.get(group.job) ?? new Set();
    let contested = await this.shapes.settle(group, SHAPE_SILENT_MS, saying(defined, known));
    const names = new Set(contested.map(({ family }) => family));
    if ([...names].some((name) => defined.has(name) && !known.has(name))) {
      contested = await this.shapes.settle(group, SHAPE_SILENT_MS, saying(defined, names));
    }
    this.#contested.set(group.job, names);
    this.#tell(group.job, defined, contested);
  }

  /** Logs once that what this process counts of a metric waits. */
  waits(job: string, family: string, shape: string): void {
    const id = `${job} ${family}`;
    if (this.#waiting.has(id)) return;
    this.#waiting.add(id);
    this.listener?.clashed(job, family, shape);
    this.logger.warn(
      `Metric "${family}" of job "${job}" is a ${shape} here, but stored as something else: what is counted here is kept ` +
        'beside that, and shown once no living process has the other definition. reset() of the metric shows it at once, ' +
        `unless it was replaced by the other one; clear("${job}", "${family}") forgets both`,
    );
  }

  #tell(job: string, defined: ReadonlyMap<string, ResolvedDefinition>, contested: readonly ContestedFamily[]): void {
    const shown = new Map(contested.map(({ family, shown: shape }) => [family, shape]));
    for (const [family, definition] of defined) {
      const other = shown.get(family);
      if (other === undefined && !this.#waiting.has(`${job} ${family}`)) continue;
      const shape = definitionShape(definition);
      if (other !== undefined && other !== shape) this.waits(job, family, shape);
      else if (this.#waiting.delete(`${job} ${family}`)) {
        this.listener?.clashIsOver(job, family);
        this.logger.log(`Metric "${family}" of job "${job}" is shown as a ${shape} from now on`);
      }
    }
  }
}

function saying(defined: ReadonlyMap<string, ResolvedDefinition>, families: ReadonlySet<string>): DefinedShape[] {
  return [...families].flatMap((family) => {
    const definition = defined.get(family);
    return definition ? [{ family, shape: definitionShape(definition) }] : [];
  });
}
