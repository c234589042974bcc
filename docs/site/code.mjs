/** Lets names in code break after their dots and underscores: in a table they would take the room of the text beside them. */
export function breakableCode(md) {
  const inline = md.renderer.rules.code_inline;
  md.renderer.rules.code_inline = (...args) => inline(...args).replace(/(?<=\w[._/])(?=\w[^<]*<\/code>)/g, '<wbr>');
}
