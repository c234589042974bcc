import { checkedLabelValues } from './check-labels.js';
import type { SeriesLimit } from './metric-limits.js';

type Node<Child> = Map<string | number, Node<Child> | Child>;

/** What a tree asks its metric for. */
export interface ChildSource<Child> {
  create(values: readonly string[]): Child;
  /** The child of all label sets that are past a limit. */
  overflow(): Child;
}

/**
 * Finds the child of a label set without building a string: one map per label. Numbers and their texts lead to the same
 * child; a number is a way of its own from when it is first used. Limits are looked at only where a new child would be made.
 */
export class LabelTree<Child extends object> {
  #root: Node<Child> = new Map();
  #size = 0;
  /** Removed children as long as somebody keeps them: one series must never be counted in two. */
  readonly #removed = new Map<string, WeakRef<Child>>();
  readonly #collected = new FinalizationRegistry<string>((key) => {
    if (this.#removed.get(key)?.deref() === undefined) this.#removed.delete(key);
  });

  constructor(
    private readonly metric: string,
    private readonly names: readonly string[],
    private readonly source: ChildSource<Child>,
    private readonly limit: Pick<SeriesLimit, 'isPast'>,
  ) {}

  /**
   * The child of a label set; created at its first use, or the overflow child past a limit.
   * @throws LabelError unless exactly the labels of the definition are given.
   */
  find(labels: Readonly<Record<string, string | number>>): Child {
    const { names } = this;
    let node: Node<Child> | Child | undefined = this.#root;
    let given = 0;
    // Labels in the order of the definition, as most callers write them: counted and followed at once.
    for (const name in labels) {
      if (name !== names[given]) return this.#findInOrder(labels);
      node = (node as Node<Child>).get(labels[name] as string | number);
      if (node === undefined) return this.#make(labels);
      given += 1;
    }
    return given === names.length && given > 0 ? (node as Child) : this.#make(labels);
  }

  /** Forgets the child of a label set and returns it, if anybody still has it. */
  remove(labels: Readonly<Record<string, string | number>>): Child | undefined {
    const values = checkedLabelValues(this.metric, this.names, labels);
    if (values.length === 0) return undefined;
    const path: Node<Child>[] = [];
    let node: Node<Child> | Child | undefined = this.#root;
    for (const value of values) {
      if (node !== undefined) path.push(node as Node<Child>);
      node = (node as Node<Child> | undefined)?.get(value);
    }
    if (node === undefined) return this.#kept(values);
    // From the leaf up: a map that becomes empty goes too.
    for (let depth = values.length - 1; depth >= 0; depth--) {
      const map = path[depth] as Node<Child>;
      for (const way of waysTo(values[depth] as string)) map.delete(way);
      if (map.size > 0) break;
    }
    this.#size -= 1;
    this.#retire(values, node as Child);
    return node as Child;
  }

  clear(): void {
    this.#retireAll(this.#root, []);
    this.#root = new Map();
    this.#size = 0;
  }

  #findInOrder(labels: Readonly<Record<string, string | number>>): Child {
    let given = 0;
    for (const _ in labels) given += 1;
    if (given !== this.names.length) return this.#make(labels);
    let node: Node<Child> | Child | undefined = this.#root;
    for (const name of this.names) {
      node = (node as Node<Child>).get(labels[name] as string | number);
      if (node === undefined) return this.#make(labels);
    }
    return node as Child;
  }

  /** Walks by text, so that there is one child however its values were given. */
  #make(labels: Readonly<Record<string, string | number>>): Child {
    const values = checkedLabelValues(this.metric, this.names, labels);
    let node: Node<Child> | Child | undefined = this.#root;
    for (const value of values) node = (node as Node<Child> | undefined)?.get(value);
    if (node === undefined && this.limit.isPast(values, this.#size)) return this.source.overflow();
    const child = (node as Child | undefined) ?? this.#add(values);
    this.#addNumbers(labels, values);
    return child;
  }

  /** A value that was given as a number becomes a second way, for the next time. */
  #addNumbers(labels: Readonly<Record<string, string | number>>, values: readonly string[]): void {
    let node = this.#root;
    values.forEach((value, depth) => {
      const next = node.get(value) as Node<Child>;
      if (typeof labels[this.names[depth] as string] === 'number') node.set(Number(value), next);
      node = next;
    });
  }

  #add(values: readonly string[]): Child {
    let node = this.#root;
    values.forEach((value, depth) => {
      let next = node.get(value);
      if (next === undefined) {
        next = depth === values.length - 1 ? (this.#kept(values) ?? this.source.create(values)) : new Map();
        node.set(value, next);
      }
      node = next as Node<Child>;
    });
    this.#size += 1;
    return node as unknown as Child;
  }

  #retire(values: readonly string[], child: Child): void {
    const key = JSON.stringify(values);
    // Removed before, and kept by somebody: one note of it is enough, however often it comes and goes.
    if (this.#removed.get(key)?.deref() === child) return;
    this.#removed.set(key, new WeakRef(child));
    this.#collected.register(child, key);
  }

  #retireAll(node: Node<Child>, path: readonly string[]): void {
    for (const [value, next] of node) {
      if (typeof value === 'number') continue;
      if (path.length + 1 < this.names.length) this.#retireAll(next as Node<Child>, [...path, value]);
      else this.#retire([...path, value], next as Child);
    }
  }

  #kept(values: readonly string[]): Child | undefined {
    return this.#removed.get(JSON.stringify(values))?.deref();
  }
}

/** The keys under which a map may have a value: its text, and the number whose text it is. */
function waysTo(value: string): readonly (string | number)[] {
  const number = Number(value);
  return String(number) === value ? [value, number] : [value];
}
