import type { ModulesContainer } from '@nestjs/core';
import type { Stop } from '../instrument.js';
import { measuredMethod, type Method } from './measured-method.js';
import type { Begin } from './run.js';

/** What measures a method with a mark, by the name of its class, its own, and what the decorator has noted at it. */
export type MeasureMarked = (className: string, name: string, method: Method) => Begin;

/** By class of the application, before its methods are looked up by those who call them. */
const measured = new WeakSet<Method>();

/** Measures the methods of providers and controllers that a decorator has left its mark at. */
export function measureMarked(modules: ModulesContainer, mark: string, measure: MeasureMarked): Stop {
  const undo: (() => void)[] = [];
  for (const prototype of prototypesIn(modules)) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const method = descriptor.value as unknown;
      if (!isMethod(method) || !Reflect.hasOwnMetadata(mark, method) || measured.has(method)) continue;
      const value = measuredMethod(method, measure(prototype.constructor.name, key, method));
      measured.add(value);
      Object.defineProperty(prototype, key, { ...descriptor, value });
      undo.push(() => Object.defineProperty(prototype, key, descriptor));
    }
  }
  return () => {
    for (const each of undo) each();
  };
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}

/** Each class has its prototype in the container before any instance is made. */
function prototypesIn(modules: ModulesContainer): Set<object> {
  const prototypes = new Set<object>();
  for (const { providers, controllers } of modules.values()) {
    for (const { instance } of [...providers.values(), ...controllers.values()] as { instance?: unknown }[]) {
      if (typeof instance !== 'object' || instance === null) continue;
      let prototype = Object.getPrototypeOf(instance) as object | null;
      while (prototype !== null && prototype !== Object.prototype && !prototypes.has(prototype)) {
        prototypes.add(prototype);
        prototype = Object.getPrototypeOf(prototype) as object | null;
      }
    }
  }
  return prototypes;
}
