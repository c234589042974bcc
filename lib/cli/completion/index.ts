import { bashScript } from './bash-script.js';
import { fishScript } from './fish-script.js';
import { zshScript } from './zsh-script.js';

export { commandTree } from './command-tree.js';

/** What makes a shell complete the commands and flags of a program, by the name of the shell. */
export const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };
