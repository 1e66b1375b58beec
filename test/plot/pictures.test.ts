// Every picture: well-formed, named for screen readers, without invalid numbers; and places worked out by hand.
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { confusionMatrix, Dataset, precisionRecallCurve, rocCurve } from "../../src/index.js";
import {
  confusionMatrixPlot,
  decisionBoundary,
  histogram,
  lineChart,
  lossCurves,
  networkDiagram,
  precisionRecallPlot,
  rocPlot,
  scatterPlot,
  weightImages,
} from "../../src/plot/index.js";
import { type Element, elementsOf, parseXml } from "../support/xml.js";

const history = {
  epoch: [0, 1, 2],
  loss: [1, 0.5, 0.25],
  f1: [0.2, 0.6, 0.8],
  valLoss: [1.1, 0.7, 0.6],
  valF1: [0, 0.5, 0.7],
};
const labels = [0, 0, 1, 1];
const scores = [0.1, 0.4, 0.35, 0.8];
const points = Dataset.from({ x: [[-1, 0], [1, 0], [0, 2], [0, -2]], y: [0, 1, 1, 0] }, { classNames: ["a", "b"] }); // biome-ignore format: rows
/** Class 1 to the right of x = 0.25. */
const half = { predict: (x: Float32Array) => x.filter((_, i) => i % 2 === 0).map((value) => value + 0.25) };
const kernel = (name: string, shape: [number, number], data: number[]) => ({ name: `${name}/kernel`, shape, data });
const net = {
  getWeights: () => [
    kernel("dense_1", [2, 2], [1, -2, 0.5, 4]),
    { name: "dense_1/bias", shape: [2], data: [0.5, -1] },
    kernel("dense_2", [2, 1], [-4, 0]),
  ],
};

type Options = { title?: string; description?: string; theme?: "auto" | "light" | "dark" };

const pictures: [name: string, draw: (options: Options) => string][] = [
  ["lineChart", (options) => lineChart({ ...options, series: [{ name: "a", points: [1, 2, Number.NaN, 3] }] })],
  ["scatterPlot", (options) => scatterPlot({ ...options, series: [{ name: "<b>", points: [[0, 1], [2, 3]] }] })], // biome-ignore format: one
  ["lossCurves", (options) => lossCurves(history, options)],
  ["rocPlot", (options) => rocPlot({ one: rocCurve(labels, scores), two: rocCurve(labels, [1, 2, 3, 4]) }, options)],
  ["precisionRecallPlot", (options) => precisionRecallPlot(precisionRecallCurve(labels, scores), options)],
  ["confusionMatrixPlot", (options) => confusionMatrixPlot(confusionMatrix([0, 1, 1], [0, 1, 0]), options)],
  ["histogram", (options) => histogram([1, 2, 2, 3, 3, 3], options)],
  ["decisionBoundary", (options) => decisionBoundary(half, points, options)],
  ["weightImages", (options) => weightImages(net, options)],
  ["networkDiagram", (options) => networkDiagram(net, options)],
];

describe.each(pictures)("%s", (_, draw) => {
  it("is well-formed, has a size, a name and a description, and no invalid number", () => {
    const svg = draw({});
    const root = parseXml(svg);
    expect(root.name).toBe("svg");
    const { width, height, viewBox, role } = root.attributes;
    expect(viewBox).toBe(`0 0 ${width} ${height}`);
    expect(role).toBe("img");
    expect(root.children.slice(0, 2).map(({ name }) => name)).toEqual(["title", "desc"]);
    for (const { text } of root.children.slice(0, 2)) expect(text.length).toBeGreaterThan(3);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null|\bid=/);
    const own = elementsOf(root, "style")[0].text;
    for (const selector of own.match(/(?<=^|[},])[^{}@,]+(?=[^{}]*\{)/g) ?? [])
      expect(selector).toMatch(/^\.simdgrad-auto /);
  });

  it("keeps all words inside", () => {
    const root = parseXml(draw({}));
    for (const { attributes } of elementsOf(root, "text")) {
      expect(Number(attributes.x)).toBeGreaterThan(0);
      expect(Number(attributes.x)).toBeLessThan(Number(root.attributes.width));
      expect(Number(attributes.y)).toBeLessThan(Number(root.attributes.height));
    }
  });

  it("says what it is told, and has the colours of the theme", () => {
    const root = parseXml(draw({ title: `a < b & "c"\u0007`, description: "words", theme: "dark" }));
    expect(root.children[0].text).toContain('a < b & "c"');
    expect(root.children[1].text).toBe("words");
    expect(root.attributes.class).toBe("simdgrad-dark");
    const [style] = elementsOf(root, "style");
    expect(style.text).toContain("#0d1117");
    expect(style.text).not.toContain("@media");
    expect(parseXml(draw({ theme: "light" })).children[2].text).not.toContain("#0d1117");
    expect(parseXml(draw({})).children[2].text).toMatch(/@media\(prefers-color-scheme:dark\)\{.*#0d1117/);
  });

  it("is the same every time", () => {
    expect(draw({})).toBe(draw({}));
  });
});

const pathsOf = (root: Element) => elementsOf(root, "path").map(({ attributes }) => attributes);

describe("places", () => {
  // Ticks "0" … "10" are 13.68 wide, so the left edge is at 20 + 13.68 + 8 → 42; the right at 720 − 24; 12 to 400 − 30.
  const axis = { min: 0, max: 10 };

  it("of a line: corners and middle of the frame, and a gap", () => {
    const line = [[0, 0], [5, 5], [6, Number.NaN], [7.5, 7.5], [10, 10]] as const; // biome-ignore format: one
    const [{ d }] = pathsOf(parseXml(lineChart({ x: axis, y: axis, series: [{ name: "a", points: line }] })));
    expect(d).toBe("M42,370L369,191M532.5,101.5L696,12");
  });

  it("of numbers alone: x counts from 0", () => {
    const x = { min: 0, max: 2 };
    const [{ d }] = pathsOf(parseXml(lineChart({ x, y: axis, series: [{ name: "a", points: [10, 0, 5] }] })));
    expect(d).toBe("M42,12L369,370L696,191");
  });

  it("on a log axis: a decade is as long as the next", () => {
    const log = { min: 1, max: 100, log: true };
    const root = parseXml(lineChart({ x: axis, y: log, series: [{ name: "a", points: [[0, 1], [5, 10], [10, 100]] }] })); // biome-ignore format: one
    const heights =
      pathsOf(root)[0]
        .d.match(/,[\d.]+/g)
        ?.map((y) => Number(y.slice(1))) ?? [];
    expect(heights).toEqual([370, 191, 12]);
    const ticks = elementsOf(root, "text").map(({ text }) => text);
    expect(ticks).toEqual(expect.arrayContaining(["1", "10", "100"]));
  });

  it("of markers: a shape of its own for each series, and both in the legend", () => {
    const series = [
      { name: "a", points: [[5, 5]] as [number, number][] },
      { name: "b", points: [[10, 10]] as [number, number][] },
    ];
    const paths = pathsOf(parseXml(scatterPlot({ x: axis, y: axis, series }))).map(({ d }) => d);
    expect(paths).toHaveLength(4);
    expect(paths[2]).toMatch(/^M369 191m-4 0a4 4/);
    expect(paths[3]).toMatch(/^M696 12m-3.6 -3.6h7.2/);
  });

  it("of a ROC curve, and its area in the title", () => {
    const root = parseXml(rocPlot(rocCurve(labels, scores)));
    expect(root.children[0].text).toBe("ROC curve: AUC 0.750");
    const [{ d }] = pathsOf(root);
    // From (0, 0) by (0, ½), (½, ½) and (½, 1) to (1, 1).
    const [left, right, top, bottom] = [71, 456, 12, 390];
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    expect(d).toBe(`M${left},${bottom}L${left},${y}L${x},${y}L${x},${top}L${right},${top}`);
  });

  it("of a precision-recall curve: steps, and the average precision that they add up to", () => {
    const root = parseXml(precisionRecallPlot({ model: precisionRecallCurve(labels, scores) }));
    expect(root.children[0].text).toBe("Precision-recall curve: model, average precision 0.833");
    const d = pathsOf(root)[0].d;
    // Recall 1 → ½ at precision ⅔ (0.35) and ½ (0.4), then ½ → 0 at 1.
    expect(d.match(/[ML]/g)?.length).toBe(8);
    expect(d.startsWith("M456,201L456,201L456,138")).toBe(true);
  });

  it("of training and validation: a panel for each number, epochs from 1", () => {
    const root = parseXml(lossCurves(history));
    const words = elementsOf(root, "text").map(({ text }) => text);
    expect(words).toEqual(expect.arrayContaining(["loss", "f1", "training", "validation"]));
    expect(words).not.toContain("valLoss");
    const lines = pathsOf(root);
    expect(lines.map((line) => line["stroke-dasharray"])).toEqual([undefined, "7 4", undefined, "7 4"]);
    expect(pathsOf(parseXml(lossCurves(history, { names: ["f1"] })))).toHaveLength(2);
    // Names that only look like validation, and that every object has, are drawn for themselves.
    const odd = { epoch: [0, 1], loss: [1, 2], valid: [1, 2], val1: [3, 4], "1": [3, 4], valToString: [1, 2] };
    for (const name of ["valid", "valToString"]) {
      expect(pathsOf(parseXml(lossCurves(odd, { names: [name] })))).toHaveLength(1);
    }
    expect(pathsOf(parseXml(lossCurves(odd, { names: ["1"] })))).toHaveLength(2);
  });

  it("of a single epoch: dots", () => {
    const root = parseXml(lossCurves({ epoch: [0], loss: [0.5] }));
    expect(pathsOf(root)[0].d).toMatch(/^M[\d.]+ [\d.]+m-3.5 0a/);
  });

  it("in a confusion matrix: counts, shades by share of the row", () => {
    const matrix = confusionMatrix([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1]);
    const root = parseXml(confusionMatrixPlot(matrix, { labels: ["cat", "dog"] }));
    const shades = elementsOf(root, "rect").filter(({ attributes }) => attributes.class === "f0");
    expect(shades.map(({ attributes }) => Number(attributes["fill-opacity"]))).toEqual([0.77, 0.31, 0, 1]);
    const [first, second, third] = shades.map(({ attributes }) => attributes);
    const size = Number(first.width);
    expect([Number(second.x) - Number(first.x), Number(third.y) - Number(first.y)]).toEqual([size, size]);
    expect(elementsOf(root, "text").map(({ text }) => text)).toEqual(
      expect.arrayContaining(["cat", "dog", "3", "1", "0", "2"]),
    );
    expect(root.children[1].text).toBe("5 of 6 rows are right. Most often, once, cat is taken for dog.");
  });

  it("in a histogram: bars as high as their counts", () => {
    const root = parseXml(histogram([0, 1, 1, 2, 2, 2, 3, 3], { bins: 4, height: 244 }));
    const bars = elementsOf(root, "rect").filter(({ attributes }) => attributes.class === "f0");
    const heights = bars.map(({ attributes }) => Number(attributes.height));
    // The frame is 158 high, for counts from 0 to 4.
    expect(heights.slice(0, 3)).toEqual([39.5, 79, 118.5]);
  });

  it("of a decision boundary: where the model says, up and down the whole frame", () => {
    const root = parseXml(decisionBoundary(half, points, { resolution: 20, width: 420, height: 420 }));
    const outline = pathsOf(root).filter((path) => path.class?.includes("ink"));
    expect(outline).toHaveLength(1);
    const places = outline[0].d.match(/-?[\d.]+ -?[\d.]+/g)?.map((place) => place.split(" ").map(Number)) ?? [];
    const frame = elementsOf(root, "line").map(({ attributes }) => attributes);
    const zero = frame.find((line) => line.class === "zero" && line.x1 === line.x2);
    const [left, right] = [
      Math.min(...frame.map((line) => Number(line.x1))),
      Math.max(...frame.map((line) => Number(line.x2))),
    ];
    // x runs from −1.16 to 1.16 and ½ is reached at 0.25.
    const expected = Number(zero?.x1) + (0.25 / 2.32) * (right - left);
    const divides = places.filter(([x]) => x < right);
    const heights = divides.map(([, y]) => y);
    const [top, bottom] = [Math.min(...heights), Math.max(...heights)];
    const inside = divides.filter(([, y]) => y > top + 20 && y < bottom - 20);
    expect(inside.length).toBeGreaterThan(10);
    for (const [x] of inside) expect(Math.abs(x - expected)).toBeLessThan(0.02);
    expect(bottom - top).toBeGreaterThan(300);
    expect(elementsOf(root, "text").map(({ text }) => text)).toEqual(expect.arrayContaining(["a", "b", "x₁", "x₂"]));
  });

  it("of classes by the largest of several outputs", () => {
    const three = { predict: (x: Float32Array) => Float32Array.from({ length: (x.length / 2) * 3 }, (_, i) => [0, x[2 * Math.floor(i / 3)], x[2 * Math.floor(i / 3) + 1]][i % 3]) }; // biome-ignore format: one
    const root = parseXml(decisionBoundary(three, points, { resolution: 10 }));
    expect(pathsOf(root).filter((path) => path.class?.includes("ink"))).toHaveLength(3);
  });

  it("in a network: lines as wide as weights, dashed where negative, none for 0", () => {
    const root = parseXml(networkDiagram(net, { inputs: ["height", "weight"], outputs: ["sex"] }));
    const edges = pathsOf(root);
    expect(edges.map((edge) => Number(edge["stroke-width"]))).toEqual([1.75, 3.5, 0.88, 7, 7]);
    expect(edges.map((edge) => edge["stroke-dasharray"] !== undefined)).toEqual([false, true, false, false, true]);
    expect(elementsOf(root, "circle")).toHaveLength(5);
    expect(elementsOf(root, "text").map(({ text }) => text)).toEqual(
      expect.arrayContaining(["height", "weight", "sex"]),
    );
    const biases = elementsOf(root, "rect").filter(({ attributes }) => attributes.width === "6");
    expect(biases.map(({ attributes }) => Number(attributes.height))).toEqual([4.5, 9]);
  });

  it("in a large network: the first and the last units", () => {
    const wide = { getWeights: () => [kernel("dense_1", [100, 2], new Array<number>(200).fill(1))] };
    const root = parseXml(networkDiagram(wide, { limit: 5 }));
    expect(elementsOf(root, "circle")).toHaveLength(7);
    expect(elementsOf(root, "text").map(({ text }) => text)).toEqual(expect.arrayContaining(["x4", "x100", "⋮"]));
  });
});

describe("weightImages", () => {
  /** Pixels of an 8-bit PNG without filters: what a decoder makes of it. */
  function pixelsOf(address: string, width: number): number[] {
    const file = Buffer.from(address.slice("data:image/png;base64,".length), "base64");
    expect(file.subarray(1, 4).toString()).toBe("PNG");
    expect(file.readUInt32BE(16)).toBe(width);
    const at = file.indexOf("IDAT");
    const lines = inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)));
    return Array.from(lines).filter((_, i) => i % (width + 1) !== 0);
  }

  it("one image per unit, 0 in the middle of the scale", () => {
    const root = parseXml(weightImages(net, { shape: [1, 2] }));
    const images = elementsOf(root, "image").map(({ attributes }) => attributes.href);
    expect(images).toHaveLength(3);
    expect(pixelsOf(images[0], 2)).toEqual([1, 0.5].map((weight) => Math.round(127.5 + (127.5 * weight) / 4)));
    expect(pixelsOf(images[1], 2)).toEqual([64, 255]);
    expect(pixelsOf(images[2], 256)).toEqual(Array.from({ length: 256 }, (_, i) => i));
  });

  it("of another layer, as squares where the inputs are one", () => {
    const nine = {
      getWeights: () => [
        ...net.getWeights(),
        kernel(
          "last",
          [9, 2],
          Array.from({ length: 18 }, (_, i) => i),
        ),
      ],
    };
    const root = parseXml(weightImages(nine, { layer: "last", limit: 1 }));
    const [image] = elementsOf(root, "image").map(({ attributes }) => attributes);
    expect(image.width).toBe(image.height);
    expect(root.children[0].text).toBe("Weights of last");
    expect(root.children[1].text).toContain("The first 1 of 2 units, 3 by 3");
  });

  it("more pixels than a block of deflate holds", () => {
    const many = {
      getWeights: () => [
        kernel(
          "dense_1",
          [70_000, 1],
          Array.from({ length: 70_000 }, (_, i) => i % 3),
        ),
      ],
    };
    const [image] = elementsOf(parseXml(weightImages(many, { shape: [700, 100] })), "image");
    expect(pixelsOf(image.attributes.href, 100).slice(0, 3)).toEqual([128, 191, 255]);
  });
});
