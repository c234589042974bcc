/** The lines of a text, as many as a terminal has; the last one then says how many more there are. */
export function cutLines(text: string, rows = Infinity): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  if (lines.length <= rows) return lines;
  const shown = Math.max(0, rows - 1);
  return [...lines.slice(0, shown), `… ${lines.length - shown} more lines`];
}
