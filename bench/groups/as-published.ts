import { runNode } from '../../test/support/run-node.js';

/** Makes the build as it is installed. After `nest build` alone, the measured start would be one that no user has. */
export async function asPublished(): Promise<void> {
  const { code, stderr } = await runNode('../bundle.mjs').done;
  if (code !== 0) throw new Error(`bundle.mjs ended with exit code ${code ?? 'none'}:\n${stderr}`);
}
