import { type DemoOptions, parseOptions } from './options.js';

/**
 * What the parts of the demo have in common as processes: they end in order at the first SIGINT, at once at the second,
 * at SIGTERM and when the process that supervises them is gone.
 */
export async function onStage(play: (options: DemoOptions, end: AbortSignal) => Promise<boolean>): Promise<void> {
  const end = new AbortController();
  process.on('SIGINT', () => {
    if (end.signal.aborted) process.exit(130);
    end.abort();
  });
  process.once('SIGTERM', () => process.exit(143));
  // Nobody reads any more.
  process.stdout.once('error', () => process.exit(1));
  const abandoned = (): never => process.exit(1);
  process.once('disconnect', abandoned);
  try {
    const isFine = await play(parseOptions(process.argv.slice(2)) as DemoOptions, end.signal);
    process.exitCode = isFine ? 0 : 1;
  } catch (error) {
    console.error(`\nThe demo has failed: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    process.off('disconnect', abandoned);
    if (process.connected) process.disconnect();
  }
}
