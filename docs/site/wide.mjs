/** A heading of a table with at least seven columns. */
const WIDE_TABLE = /^(?:\|[^|\n]*){7,}\|\n\|[ :|-]+\|$/m;

/** A page with a wide table has no outline beside it: the table needs the room. */
export function withRoom(text) {
  return WIDE_TABLE.test(text) ? `---\naside: false\n---\n\n${text}` : text;
}
