/** For the end of a message. */
export function lastLines(output: string, count = 5): string {
  const lines = output.trimEnd().split('\n').slice(-count);
  return output === '' ? '' : `. Its last output:${lines.map((line) => `\n  | ${line}`).join('')}`;
}
