import { definitionShape, type Group, type ResolvedDefinition } from '../../model/index.js';
import type { ContestedFamily, DefinedShape, Shapes } from '../shapes.js';
import type { Beside, GroupState, GroupStates, ShapeTimes } from './group-states.js';
import type { StoredValue } from './stored-value.js';

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;

export class MemoryShapes implements Shapes {
  constructor(private readonly groups: GroupStates) {}

  async contested(group: Group): Promise<readonly ContestedFamily[]> {
    const state = await this.groups.of(group);
    return [...state.beside.keys()].sort().flatMap((family) => contestedOf(state, family) ?? []);
  }

  /** As settle.lua. */
  async settle(group: Group, silentMs: number, defined: readonly DefinedShape[]): Promise<readonly ContestedFamily[]> {
    const state = await this.groups.of(group);
    for (const { family, shape } of defined) {
      if (state.shapes.get(family)?.has(shape)) noteShape(state, family, shape);
    }
    return [...state.shapes.keys()].sort().flatMap((family) => settleFamily(state, family, silentMs) ?? []);
  }
}

/** The values of a definition's shape, shown or not. */
export function valuesOfShape(
  { definitions, families, beside }: GroupState,
  definition: ResolvedDefinition,
): Map<string, StoredValue> | undefined {
  const { name } = definition;
  const shape = definitionShape(definition);
  const shown = definitions.get(name);
  if (shown === undefined || definitionShape(shown) === shape) return families.get(name);
  return beside.get(name)?.get(shape)?.values;
}

/** A living process has the shape. */
export function noteShape({ shapes }: GroupState, family: string, shape: string): void {
  const times = shapes.get(family) ?? new Map<string, ShapeTimes>();
  shapes.set(family, times.set(shape, { said: Date.now(), replaced: times.get(shape)?.replaced ?? 0 }));
}

/** Keeps a definition beside that of another shape, which is shown. */
export function defineBeside(state: GroupState, definition: ResolvedDefinition, shown: ResolvedDefinition): void {
  const { name } = definition;
  const others = state.beside.get(name) ?? new Map<string, Beside>();
  const shape = definitionShape(definition);
  const known = others.get(shape);
  if (known === undefined) noteShape(state, name, definitionShape(shown));
  noteShape(state, name, shape);
  state.beside.set(name, others.set(shape, { ...known, definition }));
}

/** What waits beside a family takes its place. That goes one way. */
export function showShape(state: GroupState, family: string, shape: string): void {
  const next = state.beside.get(family)?.get(shape);
  if (next === undefined) return;
  state.beside.get(family)?.delete(shape);
  for (const [each, times] of state.shapes.get(family) ?? []) times.replaced = each === shape ? 0 : Date.now();
  state.definitions.set(family, next.definition);
  if (next.values) state.families.set(family, next.values);
  else state.families.delete(family);
  state.restoring.delete(family);
}

function settleFamily(state: GroupState, family: string, silentMs: number): ContestedFamily | undefined {
  const now = Date.now();
  const all = state.shapes.get(family) ?? new Map<string, ShapeTimes>();
  const shown = state.definitions.get(family);
  const shownShape = shown && definitionShape(shown);
  for (const [shape, { said, replaced }] of all) {
    if (shape === shownShape || now - said <= (replaced > 0 ? DAY_MS : WEEK_MS)) continue;
    all.delete(shape);
    state.beside.get(family)?.delete(shape);
  }
  if (all.size === 1 && shownShape !== undefined && all.has(shownShape)) {
    state.shapes.delete(family);
    return undefined;
  }
  const silent = shownShape === undefined ? Infinity : now - (all.get(shownShape)?.said ?? now);
  const [successor] = [...all]
    .filter(([shape]) => state.beside.get(family)?.has(shape))
    .filter(([, { replaced }]) => silent >= (replaced > 0 ? DAY_MS : silentMs))
    .sort(([, one], [, other]) => other.said - one.said);
  if (successor) showShape(state, family, successor[0]);
  return contestedOf(state, family);
}

function contestedOf({ definitions, shapes, beside }: GroupState, family: string): ContestedFamily | undefined {
  const shown = definitions.get(family);
  const waiting = [...(beside.get(family)?.keys() ?? [])].map((shape) => ({
    shape,
    wasReplaced: (shapes.get(family)?.get(shape)?.replaced ?? 0) > 0,
  }));
  if (shown === undefined || waiting.length === 0) return undefined;
  return { family, shown: definitionShape(shown), waiting };
}
