/** What one cell of a table may hold; nothing is an empty cell. */
export type Cell = string | number | boolean | Date | null;

/** One line of CSV (RFC 4180). Text that a spreadsheet would take for a formula is led by an apostrophe. Pure. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

// the full-width twins of = + - @ count as well in some spreadsheets
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

function cell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = value instanceof Date ? value.toISOString() : formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
