/** Messages of the library in words for someone who uses the page, and writes no program. */

const rules: readonly (readonly [pattern: RegExp, words: (...parts: string[]) => string])[] = [
  [
    /line (\d+): expected (\d+) cells?, got (\d+)/,
    (_, line, expected, got) =>
      `line ${line}: expected ${expected} cells, got ${got}. Correct the line, or choose another separator.`,
  ],
  [/line (\d+): a quote is opened/, (_, line) => `line ${line}: a quote is opened and never closed.`],
  [/line (\d+): text follows a closing quote/, (_, line) => `line ${line}: there is text after a closing quote.`],
  [/at least one row of data/, () => "There is no row of data in this file, only the names of columns."],
  [/decimal and delimiter/, () => "The separator and the decimal sign cannot both be commas. Choose another of one."],
  [
    /column "(.*?)", row (\d+): expected a number, got (.*?)\. /,
    (_, name, row, cell) => `${name}, row ${Number(row) + 1}: ${cell} is not a number. Choose classes as its type.`,
  ],
  [
    /column "(.*?)", row (\d+): expected yes or no, true or false, got (.*?)\. /,
    (_, name, row, cell) =>
      `${name}, row ${Number(row) + 1}: ${cell} is neither yes nor no. Choose classes as its type.`,
  ],
  [
    /column "(.*?)", row (\d+): expected a date, got (.*?)\. /,
    (_, name, row, cell) => `${name}, row ${Number(row) + 1}: ${cell} is not a date. Choose classes as its type.`,
  ],
  [
    /column "(.*?)": expected at least one (?:value|number)/,
    (_, name) => `${name} has no cell that can be read. Ignore it.`,
  ],
];

export function plainWords(message: string): string {
  for (const [pattern, words] of rules) {
    const found = pattern.exec(message);
    if (found) return words(...found);
  }
  return message.replace(/^[a-z]\w*(?:\.\w+)*: /i, "");
}

/** What the library told of the cells of columns, a sentence for each column. */
export function notesOfCells(warnings: readonly string[]): string[] {
  const unread = new Map<string, string[]>();
  const others: string[] = [];
  for (const warning of warnings) {
    const cell = /column "(.*?)", row \d+: (.*) cannot be read, and counts as missing/.exec(warning);
    const dates = /column "(.*?)": dates such as (.*) can be read in two ways/.exec(warning);
    if (cell) unread.set(cell[1], [...(unread.get(cell[1]) ?? []), cell[2]]);
    if (dates) others.push(`${dates[1]}: dates such as ${dates[2]} are read with the day before the month.`);
  }
  const shown = [...unread].map(([name, cells]) => {
    const list = [...new Set(cells)].slice(0, 3).join(", ");
    return `${name}: ${list}${new Set(cells).size > 3 ? " and others" : ""} cannot be read, and count as missing.`;
  });
  return [...others, ...shown];
}
