/** Text in columns. Knows nothing of its content. */

/** The alignment of columns. */
interface ColumnOptions {
  /** True for columns that are aligned right. */
  readonly isRight: (column: number) => boolean;
  /** Spaces between columns. @default 2 */
  readonly gap?: number;
  /** Width of a cell in letters. @default its length */
  readonly widthOf?: (cell: string) => number;
}

/** A line for each row, its cells aligned, without spaces at the end; and a rule as wide as the columns. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  { isRight, gap = 2, widthOf = ({ length }) => length }: ColumnOptions,
): { lines: string[]; rule: string } {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[column])), 0),
  );
  const lines = rows.map((row) => {
    const cells = row.map((cell, i) => {
      const room = " ".repeat(widths[i] - widthOf(cell));
      return isRight(i) ? room + cell : cell + room;
    });
    return cells.join(" ".repeat(gap)).trimEnd();
  });
  return { lines, rule: "─".repeat(widths.reduce((sum, width) => sum + width + gap, -gap)) };
}
