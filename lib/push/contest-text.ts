import type { ContestedFamily } from '../store/index.js';

/** A histogram may have thousands of buckets. */
const LONGEST_SHAPE = 80;

/** What there is to say of a metric that has been defined in several ways, of which one is shown. */
export function contestText({ family, shown, waiting }: ContestedFamily): string {
  const others = waiting.map(({ shape, wasReplaced }) => short(shape) + (wasReplaced ? ' (replaced)' : ''));
  const isOver = waiting.every(({ wasReplaced }) => wasReplaced);
  const until = isOver
    ? `which has replaced it: end the processes that still define it so, or clear the metric`
    : 'while a living process defines it so';
  return `metric "${family}": values as ${others.join(', ')} wait; it is shown as ${short(shown)}, ${until}`;
}

function short(shape: string): string {
  return shape.length > LONGEST_SHAPE ? `${shape.slice(0, LONGEST_SHAPE)}...` : shape;
}
