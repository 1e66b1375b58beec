/** Abilities of the terminal, queried once; everything that is printed goes through here. */
import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";

/** Colours text, or leaves it as it is if there are no colours. */
export type Colors = ReturnType<typeof pc.createColors>;

export interface Terminal {
  /** True if a person is watching and lines can be redrawn. */
  readonly isInteractive: boolean;
  /** Characters in a line; no limit in a file or pipe. */
  readonly columns: number;
  readonly colors: Colors;
  /** 256 colours, 24 of them grey. */
  readonly hasGreys: boolean;
}

/** Line width for tables and pictures if there is no limit. */
export const PAGE_COLUMNS = 100;

/** Spaces before every line of a section. */
export const INDENT = 2;
const GAP = 2;

/** Bits of colour, as Node reads NO_COLOR, FORCE_COLOR and TERM. A file gets none unless forced. */
function colorDepth(stream: NodeJS.WriteStream): number {
  if (stream.isTTY) return stream.getColorDepth();
  const { FORCE_COLOR: force, NO_COLOR: no } = process.env;
  return force && force !== "0" && force !== "false" && !no ? 8 : 1;
}

export function openTerminal(stream: NodeJS.WriteStream = process.stdout): Terminal {
  const depth = colorDepth(stream);
  return {
    isInteractive: stream.isTTY === true && process.env.TERM !== "dumb",
    columns: stream.isTTY ? stream.columns || PAGE_COLUMNS : Infinity,
    colors: pc.createColors(depth > 1),
    hasGreys: depth >= 8,
  };
}

/** Prints lines. */
export function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Prints a heading and indented lines under it. */
export function section({ colors }: Terminal, title: string, lines: readonly string[]): void {
  print(["", colors.bold(title), ...lines.map((line) => `${" ".repeat(INDENT)}${line}`.trimEnd())]);
}

/** Names and their values, in two columns. */
export function pairs({ colors, columns }: Terminal, entries: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.flatMap(([name, text]) =>
    wrap(text, columns - INDENT - width - GAP).map(
      (line, i) => `${colors.dim((i === 0 ? name : "").padEnd(width))}${" ".repeat(GAP)}${line}`,
    ),
  );
}

/** Characters that a line takes up on the screen. */
export function visibleLength(line: string): number {
  return stripVTControlCharacters(line).length;
}

/** Text broken between words into lines of at most `width` characters, if words allow. */
export function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last && visibleLength(last) + 1 + visibleLength(word) > width) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}

/** Restores the cursor and line wrapping, which a progress bar switches off. */
export function restoreScreen(): void {
  if (process.stdout.isTTY) process.stdout.write("\x1b[?25h\x1b[?7h");
}

/** Ends quietly when the reader of a pipe has gone, as programs that know SIGPIPE do. */
export function endWithPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    process.exit(128 + 13);
  });
  process.stderr.on("error", () => {});
}
