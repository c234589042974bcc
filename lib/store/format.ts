/**
 * Number of the format in which stores hold data: docs/redis-format.md. It stands in the data itself, and whoever changes
 * what is stored raises it; scripts/prelude.lua names it too.
 */
export const STORE_FORMAT = '6';
