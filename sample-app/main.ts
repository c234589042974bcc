/** `nest start` serves the shop. Whatever follows `--`, as in `nest start -- push`, is a command. */
const isCommand = process.argv.length > 2;

// Loaded only when needed: the server never sees nest-commander, a command never sees the HTTP platform.
const { run } = isCommand ? await import('./commands.js') : await import('./serve.js');
await run();

export {};
