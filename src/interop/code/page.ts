/** A model as one HTML page that needs nothing else. */
import { checkBoolean, checkKeys, checkNumber, OptionError, show } from "../../base/errors.js";
import { type Given, optional, readOptions, text, via } from "../../base/options.js";
import { formatShape, type Shape, sizeOf } from "../../base/shape.js";
import type { Portable } from "../portable.js";
import { type WritingOptions, writingOptions } from "../writing.js";
import { moduleOf } from "./module.js";
import { classReadingOf } from "./names.js";
import { notesOf } from "./notes.js";
import { PAGE_FORM, PAGE_PAD, PAGE_STYLE } from "./pageParts.js";
import { anySourceOf, type Source } from "./source.js";
import { type LayerSteps, type Step, stepsOf } from "./steps.js";
import { tableModuleOf } from "./table.js";
import { PAGE_TABLE } from "./tableParts.js";
import type { TableSource } from "./tableSource.js";

/** The field to draw on. */
export interface Pad {
  /** Pixels of a row. */
  readonly width: number;
  /** Number of rows. */
  readonly height: number;
  /** The value of white; black is 0. @default 255 if the model begins with a small rescaling, else 1 */
  readonly maximum?: number;
  /** Move the drawing so that its centre of mass is in the middle, as in MNIST. @default true */
  readonly center?: boolean;
}

const pageOptions = {
  /** Heading of the page. @default "A neural network" */
  title: text("A neural network"),
  /**
   * A field to draw on instead of a form; `null` for a form. @default a field for rows of [784], and for rows of
   * [height, width] or [height, width, 1] from 8 by 8 on
   */
  pad: optional(via<Pad | null, Pad | null>(checkPad)),
  ...writingOptions,
};

/** Options of `exportPage`. */
export interface ExportPageOptions extends WritingOptions, Given<typeof pageOptions> {}

function checkPad(where: string, value: unknown): Pad | null {
  if (value === null) return null;
  if (typeof value !== "object") {
    throw new OptionError(`${where}: expected { width, height } or null, got ${show(value)}.`);
  }
  checkKeys(where, value, ["width", "height", "maximum", "center"]);
  const { width, height, maximum, center } = value as Partial<Pad>;
  const range = { min: 1, max: 1024, integer: true };
  return {
    width: checkNumber(`${where}: width`, width, range),
    height: checkNumber(`${where}: height`, height, range),
    ...(maximum !== undefined && { maximum: checkNumber(`${where}: maximum`, maximum, { above: 0 }) }),
    ...(center !== undefined && { center: checkBoolean(`${where}: center`, center) }),
  };
}

/**
 * A model as the text of an HTML page that opens from disk and needs no server: the module of `exportModule`, and a form
 * with a field for each input, labelled by `metadata.features`, or a field to draw on. Outputs are shown at once, with bars
 * where they are probabilities, and `metadata.classes` as names. The form of a table model has its columns, with a choice of
 * the known categories, and shows classes, probabilities and warnings. It can be used by keyboard, on phones, and in the dark.
 *
 * @param model here or in a worker, a table model, the bytes of its `save()`, or what a `read…` function returned
 * @example await writeFile("digits.html", await exportPage(model, { title: "Digits", pad: { width: 28, height: 28 } }));
 * @throws OptionError for anything that is not a model, unknown options, or a pad of another size than the rows; FormatError
 * for bytes that are not its file, and for layers that cannot be written
 */
export async function exportPage(model: Source, options: ExportPageOptions = {}): Promise<string> {
  const where = "exportPage";
  const { title, pad: given, onWarning } = readOptions(where, pageOptions, options, arguments);
  const source = await anySourceOf(where, model);
  const isTable = "networks" in source;
  const text = isTable ? tablePageOf(where, source, title, given) : networkPageOf(where, source, title, given);
  for (const note of notesOf(isTable ? source.networks : [source])) await onWarning(note);
  return text;
}

type GivenPad = Pad | null | undefined;

function tablePageOf(where: string, source: TableSource, title: string, pad: GivenPad): string {
  if (pad) throw new OptionError(`${where}: pad: a table model has columns, not pixels. Leave pad out.`);
  return pageOf(title, null, [tableModuleOf(where, source), PAGE_TABLE].join("\n"));
}

function networkPageOf(where: string, source: Portable, title: string, given: GivenPad): string {
  const layers = stepsOf(where, source);
  const steps = layers.flatMap((layer) => layer.steps);
  const pad = given === undefined ? padFor(source.inputShape) : given;
  if (pad && pad.width * pad.height !== sizeOf(source.inputShape)) {
    throw new OptionError(
      `${where}: pad: expected width · height = ${sizeOf(source.inputShape)} for rows of ${formatShape(source.inputShape)}, ` +
        `got ${pad.width} · ${pad.height}.`,
    );
  }
  const fields = pad ? padFields(pad, steps) : formFields(source, steps);
  const setup = `const SETUP = {\n${[...outputFields(source, layers), ...fields].map((field) => `  ${field},\n`).join("")}};`;
  return pageOf(title, pad, [moduleOf(where, source), setup, "", pad ? PAGE_PAD : PAGE_FORM].join("\n"));
}

function padFor(shape: Shape): Pad | null {
  const [height, width] = shape.length === 1 && shape[0] === 784 ? [28, 28] : shape;
  const isImage = shape.length === 1 ? shape[0] === 784 : shape.length === 2 || (shape.length === 3 && shape[2] === 1);
  return isImage && height >= 8 && width >= 8 ? { width, height } : null;
}

function padFields({ width, height, maximum, center = true }: Pad, [first]: readonly Step[]): string[] {
  const white = maximum ?? (first?.kind === "line" && Math.abs(first.scale) <= 0.02 ? 255 : 1);
  return [`width: ${width}`, `height: ${height}`, `maximum: ${white}`, `isCentred: ${center}`];
}

/** The values that fields begin with, and their range. */
function formFields({ inputShape }: Portable, [first]: readonly Step[]): string[] {
  const centers =
    first?.kind === "standardize" ? Array.from(first.center, (value) => Number(value.toPrecision(3))) : null;
  const values = centers ?? Array(sizeOf(inputShape)).fill(0);
  const range = first?.kind === "categories" ? `{ min: 0, max: ${first.tokens - 1}, step: 1 }` : '{ step: "any" }';
  return [`first: [${values.join(", ")}]`, `range: ${range}`];
}

/** The way in which outputs are shown. */
function outputFields(source: Portable, layers: readonly LayerSteps[]): string[] {
  const outputs = sizeOf(layers[layers.length - 1].outputShape);
  const reading = classReadingOf(source, layers, outputs);
  const last = layers.flatMap((layer) => layer.steps).at(-1);
  const isSigmoid = last?.kind === "activation" && /^(?:sigmoid|hardSigmoid|sparseSigmoid)$/.test(last.name);
  const areShares = isSigmoid || last?.kind === "softmax" || last?.kind === "sparsemax";
  const answer =
    reading && reading.kind !== "each"
      ? "(row) => String(predictClass(row))"
      : outputs === 1
        ? "(_, [[, value]]) => String(Number(value.toPrecision(6)))"
        : '() => ""';
  const [isYesOrNo, areClasses] = [reading?.kind === "binary", reading !== null && reading.kind !== "each"];
  return [`areShares: ${areShares}`, `isYesOrNo: ${isYesOrNo}`, `areClasses: ${areClasses}`, `answer: ${answer}`];
}

const escapeHtml = (words: string) => words.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const PAD = ({
  width,
  height,
}: Pad) => `<canvas id="pad" width="${width}" height="${height}" tabindex="0" role="application"
        aria-label="Drawing field of ${width} by ${height} pixels. Arrow keys move, space draws a dot, Shift with arrow keys draws a line, Delete clears."></canvas>
      <button id="clear" type="button">Clear</button>
      <p class="hint">Draw with mouse, finger or pen; or with arrow keys, Shift to draw, Delete to clear.</p>`;

function pageOf(title: string, pad: Pad | null, script: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${PAGE_STYLE}
</style>
</head>
<body>
<main>
  <h1>${escapeHtml(title)}</h1>
  <div class="sides">
    <section aria-labelledby="in">
      <h2 id="in">${pad ? "Drawing" : "Inputs"}</h2>
      ${pad ? PAD(pad) : '<form id="fields" class="fields" onsubmit="return false"></form>'}
    </section>
    <section aria-labelledby="out">
      <h2 id="out">Outputs</h2>
      <p id="answer" class="answer" role="status"></p>
      <ul id="outputs" class="outputs"></ul>
    </section>
  </div>
  <noscript>This page needs JavaScript.</noscript>
</main>
<script type="module">
${script}
</script>
</body>
</html>
`;
}
