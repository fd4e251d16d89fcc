/**
 * A row as RFC 4180 has it, its end included. What a spreadsheet would run as a formula is made text by an apostrophe:
 * names and tags come from callers. Numbers stand as they are.
 */
export function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = isFormula(value) ? `'${value}` : value;
  return /[",\r\n\t;]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Signs that begin one, also in their wide forms and behind blanks and signs that are not seen. */
function isFormula(text: string): boolean {
  return /^[\s\p{Cf}\p{Cc}]*[=+\-@|%＝＋－＠]/u.test(text) || /^[\t\r\n]/.test(text);
}
