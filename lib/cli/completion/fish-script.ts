import type { KnownCommand } from './command-tree.js';

export function fishScript(program: string, commands: readonly KnownCommand[]): string {
  const lines = commands.flatMap(({ name, description, flags, words }) => [
    `complete -c ${program} -n __fish_use_subcommand -a ${listed([name])} -d ${fishWord(description)}`,
    ...words.map((word) => `${after(program, name)} -a ${listed([word])}`),
    ...flags.map((flag) => {
      const long = flag.names.filter((each) => each.startsWith('--')).map((each) => ` -l ${each.slice(2)}`);
      const short = flag.names.filter((each) => /^-[^-]$/.test(each)).map((each) => ` -s ${each.slice(1)}`);
      return `${after(program, name)}${short.join('')}${long.join('')}${valueOf(flag.value)} -d ${fishWord(flag.description)}`;
    }),
  ]);
  return [
    `# fish completion of ${program}: ${program} completion fish | source`,
    `complete -c ${program} -e`,
    `complete -c ${program} -f`,
    ...lines,
    '',
  ].join('\n');
}

function after(program: string, command: string): string {
  return `complete -c ${program} -n ${fishWord(`__fish_seen_subcommand_from ${fishWord(command)}`)}`;
}

function valueOf(value: KnownCommand['flags'][0]['value']): string {
  if (value === undefined) return '';
  if (value === 'file') return ' -r -F';
  return value === 'any' ? ' -x' : ` -x -a ${listed(value)}`;
}

/** What follows `-a` is read by fish once more. */
function listed(words: readonly string[]): string {
  return fishWord(words.map(fishWord).join(' '));
}

/** As it is if nothing in it means anything to fish. */
function fishWord(text: string): string {
  if (/^[\w.:-]+$/.test(text)) return text;
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
