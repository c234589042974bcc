/** Between single quotes bash and zsh take everything as it is, but for a single quote. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The function that completes a program. */
export function functionName(program: string): string {
  return `_${program.replaceAll(/\W/g, '_')}_completion`;
}
