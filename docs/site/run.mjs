import { spawn } from 'node:child_process';
import { ROOT } from './pages.mjs';

/** Runs a program in the root of the repository. @throws Error If it does not end with 0 */
export function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args[0]} ended with ${code}`));
    });
  });
}
