import { runNode } from '../../test/support/run-node.js';

/** Makes of the build what is installed: whoever has only called `nest build` would measure the start of what nobody has. */
export async function asPublished(): Promise<void> {
  const { code, stderr } = await runNode('../bundle.mjs').done;
  if (code !== 0) throw new Error(`bundle.mjs ended with exit code ${code ?? 'none'}:\n${stderr}`);
}
