import { Program } from './program.js';
import type { Screen } from './screen.js';

/** The last push, made as from a deploy script or at the end of a cron job. */
export async function pushByCommand(screen: Screen, environment: Record<string, string>): Promise<void> {
  screen.say('', '$ node dist/sample-app/main.js push');
  const push = new Program(['push'], environment);
  const exit = await push.exited;
  screen.say(push.output.trimEnd(), '');
  if (exit !== 'exit code 0') throw new Error(`the push command ended with ${exit}`);
}
