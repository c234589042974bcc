/**
 * `npm run docs:charts`: draws bench/results as docs/charts/*.svg, each for wide and for narrow pages, after a whole `npm run bench` or
 * `npm run bench -- growth`.
 */
import { install } from '../install.mjs';

await install();
const { drawAll } = await import('./draw-all.mjs');
drawAll();
