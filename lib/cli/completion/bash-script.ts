import type { KnownCommand, KnownFlag } from './command-tree.js';
import { functionName, shellWord } from './words.js';

/** For bash 3.2 and later. */
export function bashScript(program: string, commands: readonly KnownCommand[]): string {
  const name = functionName(program);
  const cases = commands.map(
    ({ name: command, flags, words }) =>
      `    ${shellWord(command)}) candidates=(${list([...words, ...namesOf(flags)])}) ;;`,
  );
  const values = commands.flatMap((command) =>
    command.flags.flatMap((flag) => {
      const patterns = flag.names.map((each) => shellWord(`${command.name} ${each}`)).join('|');
      if (flag.value === undefined) return [];
      if (flag.value === 'file') return [`    ${patterns}) COMPREPLY=($(compgen -f -- "$current")); return ;;`];
      return [`    ${patterns}) candidates=(${list(flag.value === 'any' ? [] : flag.value)}) ;;`];
    }),
  );
  return `# bash completion of ${program}: eval "$(${program} completion bash)"
${name}() {
  local line="\${COMP_LINE:0:COMP_POINT}" command='' current='' previous='' word
  local -a typed candidates
  read -ra typed <<<"$line"
  [[ "$line" == *' ' ]] && typed+=('')
  current="\${typed[\${#typed[@]}-1]}"
  (( \${#typed[@]} > 2 )) && previous="\${typed[\${#typed[@]}-2]}"
  for word in "\${typed[@]:1:\${#typed[@]}-2}"; do
    if [[ "$word" != -* ]]; then command="$word"; break; fi
  done
  case "$command" in
    '') candidates=(${list(commands.map(({ name: command }) => command))}) ;;
${cases.join('\n')}
  esac
  case "$command $previous" in
${values.join('\n')}
  esac
  COMPREPLY=()
  for word in "\${candidates[@]}"; do
    [[ "$word" == "$current"* ]] && COMPREPLY+=("$(printf '%q' "$word")")
  done
  if [[ "$current" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
    word="\${current%"\${current##*:}"}"
    COMPREPLY=("\${COMPREPLY[@]#"$word"}")
  fi
}
complete -F ${name} ${program}
`;
}

function list(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

function namesOf(flags: readonly KnownFlag[]): string[] {
  return flags.flatMap(({ names }) => names.filter((name) => name.startsWith('--')));
}
