import type { ContestedFamily } from '../store/index.js';

/** A histogram may have thousands of buckets. */
const LONGEST_SHAPE = 80;

/** What there is to say of a metric that processes define in different ways: one is shown, values of the others wait. */
export function contestText({ family, shown, waiting }: ContestedFamily): string {
  const others = waiting.map(({ shape }) => short(shape)).join(', ');
  const what = `metric "${family}" is shown as ${short(shown)}, values as ${others} wait`;
  const wereReplaced = waiting.every(({ wasReplaced }) => wasReplaced);
  return wereReplaced
    ? `${what}: that definition was replaced. End the processes that still have it, or clear the metric`
    : `${what} until no living process defines it as ${short(shown)}`;
}

function short(shape: string): string {
  return shape.length > LONGEST_SHAPE ? `${shape.slice(0, LONGEST_SHAPE)}...` : shape;
}
