import type * as Exposition from '../exposition/index.js';

/** Texts and messages are made when something is pushed or read back: until then an application does not wait for their code. */
export function loadExposition(): Promise<typeof Exposition> {
  return import(/* webpackMode: "eager" */ '../exposition/index.js');
}
