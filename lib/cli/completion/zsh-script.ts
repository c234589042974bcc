import type { KnownCommand, KnownFlag } from './command-tree.js';
import { functionName, shellWord } from './words.js';

/** For zsh with its completion system on (`compinit`). */
export function zshScript(program: string, commands: readonly KnownCommand[]): string {
  const name = functionName(program);
  const cases = commands.map(({ name: command, flags, words }) => {
    const entries = [...words.map((word) => described(word, '')), ...flags.flatMap(entriesOf)];
    return `    ${shellWord(command)}) candidates=(${entries.join(' ')}) ;;`;
  });
  const values = commands.flatMap((command) =>
    command.flags.flatMap((flag) => {
      const patterns = flag.names.map((each) => shellWord(`${command.name} ${each}`)).join('|');
      if (flag.value === undefined) return [];
      if (flag.value === 'file') return [`    ${patterns}) _files; return ;;`];
      const entries = flag.value === 'any' ? [] : flag.value.map((value) => described(value, ''));
      return [`    ${patterns}) candidates=(${entries.join(' ')}) ;;`];
    }),
  );
  return `#compdef ${program}
# zsh completion of ${program}: eval "$(${program} completion zsh)"
${name}() {
  local command='' word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ "$word" != -* ]]; then command="$word"; break; fi
  done
  case "$command" in
    '') candidates=(${commands.map(({ name: each, description }) => described(each, description)).join(' ')}) ;;
${cases.join('\n')}
  esac
  case "$command \${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  _describe ${shellWord(program)} candidates
}
compdef ${name} ${program}
`;
}

function entriesOf({ names, description }: KnownFlag): string[] {
  return names.filter((name) => name.startsWith('--')).map((name) => described(name, description));
}

/** A colon ends the word. */
function described(word: string, description: string): string {
  const name = word.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
  return shellWord(description === '' ? name : `${name}:${description}`);
}
