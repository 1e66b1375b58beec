/** Names as the cells of a CSV header (RFC 4180), harmless in a spreadsheet, and back. */

/** Text that a spreadsheet takes for a formula, with or without apostrophes in front. */
const FORMULA = /^[\s']*[=+\-@\t\r]/;

/** A name as a cell: with an apostrophe in front of a formula, and quoted if necessary. */
export function headerCell(name: string, separator: string): string {
  const safe = FORMULA.test(name) ? `'${name}` : name;
  const isPlain = !safe.includes(separator) && !/["\r\n]|^\s|\s$/.test(safe);
  return isPlain ? safe : `"${safe.replaceAll('"', '""')}"`;
}

/** The names in the first line of a text, and the end of that line; `null` for an empty text. */
export function readHeader(text: string, separator: string): { names: string[]; end: number } | null {
  const begin = text.startsWith("\uFEFF") ? 1 : 0;
  if (begin === text.length) return null;
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^\\${separator}\\r\\n]*))(\\${separator}|\\r?\\n|$)`, "y");
  cell.lastIndex = begin;
  const names: string[] = [];
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    const [, quoted, plain = "", after] = match;
    names.push(nameOf(quoted?.replaceAll('""', '"') ?? plain));
    if (after !== separator) return { names, end: cell.lastIndex };
  }
  // Not CSV: treated as one unknown name.
  const end = text.indexOf("\n");
  return { names: [text.slice(begin, end < 0 ? undefined : end)], end: end < 0 ? text.length : end + 1 };
}

function nameOf(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
