import { type Begin, measuredRun } from './run.js';

export type Method = (this: unknown, ...given: unknown[]) => unknown;

/** What measures a method, by the name of its class and its own. */
export type Measure = (className: string, method: string) => Begin;

/** For a method, and for a class: then each method that the class itself has. */
export type MethodOrClassDecorator = ClassDecorator & MethodDecorator;

/**
 * Makes a decorator. Whatever other decorators have noted at a method, before or after, is there.
 * @param kind Noted at each method: one that has it already is not measured a second time with its class.
 */
export function measuring(kind: symbol, measure: Measure): MethodOrClassDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (key === undefined) {
      decorateClass(target as { readonly prototype: object; readonly name: string }, kind, measure);
      return;
    }
    const owner = typeof target === 'function' ? target : target.constructor;
    if (typeof descriptor?.value !== 'function') {
      throw new TypeError(`Expected a method, got ${owner.name}.${String(key)}: measure methods and classes only`);
    }
    descriptor.value = marked(kind, descriptor.value as Method, measure(owner.name, String(key)));
  };
}

function decorateClass(
  { prototype, name }: { readonly prototype: object; readonly name: string },
  kind: symbol,
  measure: Measure,
): void {
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const method = descriptor.value as Method | undefined;
    if (key === 'constructor' || typeof method !== 'function' || Reflect.hasOwnMetadata(kind, method)) continue;
    Object.defineProperty(prototype, key, { ...descriptor, value: marked(kind, method, measure(name, key)) });
  }
}

function marked(kind: symbol, method: Method, begin: Begin): Method {
  const measured = measuredMethod(method, begin);
  Reflect.defineMetadata(kind, true, measured);
  return measured;
}

/** The same method, measured: with its name, length, metadata and `this`. */
export function measuredMethod(method: Method, begin: Begin): Method {
  const measured: Method = function (...given) {
    return measuredRun(begin, () => method.apply(this, given));
  };
  for (const key of Reflect.getOwnMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), measured);
  }
  for (const key of ['name', 'length'])
    Object.defineProperty(measured, key, { value: method[key as 'name'], configurable: true });
  return measured;
}
