/** A few test images side by side, with the model's answers: some right, more of them wrong. */
import type { Dataset } from "simdgrad";
import { percent } from "./format.js";
import { type Picture, toLines, toViewSize, trim } from "./pixels.js";
import { INDENT, PAGE_COLUMNS, type Terminal } from "./terminal.js";

/** Test images and the model's predictions for them. */
export interface Reading {
  readonly test: Dataset;
  readonly height: number;
  readonly width: number;
  readonly classes: number;
  /** [images, classes] */
  readonly probabilities: Float32Array;
  /** [images] */
  readonly predicted: Int32Array;
}

const GAP = 3;
const MOST_TILES = 5;
const LEAST_MISTAKES = 3;

/** An image with its caption. */
interface Tile {
  readonly picture: Picture;
  readonly caption: readonly { readonly text: string; readonly painted: string }[];
}

/** The probability of the class that the model chose. */
function certainty({ probabilities, predicted, classes }: Reading, row: number): number {
  return probabilities[row * classes + predicted[row]];
}

/** The first images of different classes that the model classifies correctly. */
function rightRows({ test, predicted }: Reading): number[] {
  const rows = new Map<number, number>();
  for (let i = 0; i < test.length && rows.size < MOST_TILES; i++) {
    if (test.y[i] === predicted[i] && !rows.has(predicted[i])) rows.set(predicted[i], i);
  }
  return [...rows.values()];
}

/** The mistakes about which the model is most certain. */
function wrongRows(reading: Reading): number[] {
  const { test, predicted } = reading;
  return Array.from(predicted.keys())
    .filter((i) => test.y[i] !== predicted[i])
    .sort((a, b) => certainty(reading, b) - certainty(reading, a))
    .slice(0, 2 * MOST_TILES);
}

function captionOf({ colors }: Terminal, reading: Reading, row: number): Tile["caption"] {
  const label = reading.test.y[row];
  const says = reading.predicted[row];
  const isRight = label === says;
  const first = `${isRight ? "✓" : "✗"} label ${label}`;
  const second = `  says ${says}, ${percent(certainty(reading, row), 1)}`;
  return [
    { text: first, painted: isRight ? colors.green(first) : colors.red(first) },
    { text: second, painted: isRight ? second : colors.bold(second) },
  ];
}

function toTiles(terminal: Terminal, reading: Reading, rows: readonly number[]): Tile[] {
  const { test, height, width } = reading;
  const area = height * width;
  const pictureOf = (row: number) => ({ height, width, pixels: test.x.subarray(row * area, (row + 1) * area) });
  const pictures = trim(rows.map((row) => toViewSize(pictureOf(row))));
  return rows.map((row, i) => ({ picture: pictures[i], caption: captionOf(terminal, reading, row) }));
}

function widthOf({ picture, caption }: Tile): number {
  return Math.max(picture.width, ...caption.map(({ text }) => text.length));
}

/** Sets tiles side by side, each `width` wide. */
function stripLines(tiles: readonly Tile[], width: number, hasGreys: boolean): string[] {
  const gap = " ".repeat(GAP);
  const pad = (painted: string, length: number) => painted + " ".repeat(width - length);
  const images = tiles.map(({ picture }) => toLines(picture, hasGreys));
  const imageLine = (y: number) => tiles.map(({ picture }, i) => pad(images[i][y], picture.width)).join(gap);
  const captionLine = (i: number) =>
    tiles.map(({ caption }) => pad(caption[i].painted, caption[i].text.length)).join(gap);
  return [...images[0].map((_, y) => imageLine(y)), ...tiles[0].caption.map((_, i) => captionLine(i))];
}

/** As many tiles as fit into a line, and more lines of mistakes if one would show few. */
export function digitLines(terminal: Terminal, reading: Reading): string[] {
  const rightOnes = rightRows(reading);
  const tiles = toTiles(terminal, reading, [...rightOnes, ...wrongRows(reading)]);
  const right = tiles.slice(0, rightOnes.length);
  const wrong = tiles.slice(rightOnes.length);
  const width = Math.max(...tiles.map(widthOf));
  const columns = Math.min(terminal.columns, PAGE_COLUMNS) - INDENT;
  const perLine = Math.min(MOST_TILES, Math.max(1, Math.floor((columns + GAP) / (width + GAP))));
  const lines: string[] = [];
  if (right.length > 0)
    lines.push("Read right:", "", ...stripLines(right.slice(0, perLine), width, terminal.hasGreys), "");
  lines.push(wrong.length > 0 ? "Surest mistakes:" : "It makes no mistake.");
  for (let shown = 0; shown < Math.min(wrong.length, LEAST_MISTAKES); shown += perLine) {
    lines.push("", ...stripLines(wrong.slice(shown, shown + perLine), width, terminal.hasGreys));
  }
  return lines;
}
