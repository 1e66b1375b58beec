// Pages around generated modules: their text. What they do is in test/browsers/pages.test.ts.
import { expect, it } from "vitest";
import { categoryEncoding, dense, flatten, normalization, rescaling, Sequential } from "../../../src/index.js";
import { exportModule, exportPage } from "../../../src/interop/code/index.js";

const one = dense({ units: 1 });
const made = (inputShape: number[], layers: Parameters<typeof Sequential.create>[0]["layers"]) =>
  Sequential.create({ inputShape, layers });

it("holds the module as it is, and nothing that a name or the title could break out of", async () => {
  const model = await made([2], [dense({ units: 2, activation: "softmax" })]);
  model.metadata = { classes: ["</script><img>", "b"], features: ["<b>", "&"] };
  const page = await exportPage(model, { title: "</title><script>" });
  expect(page).toContain(await exportModule(model));
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page.match(/<\/script/g)).toHaveLength(1);
  expect(page).toContain("<title>&#60;/title&#62;&#60;script&#62;</title>");
  expect(page).not.toMatch(/\bhttps?:|\bimport\b|\beval\b/);
  expect(page.endsWith("</html>\n")).toBe(true);
});

it.each([
  ["rows of 784", [784], [one], {}, "width: 28"],
  ["rows of [9, 12]", [9, 12], [flatten(), one], {}, "width: 12"],
  ["rows of [9, 12, 1]", [9, 12, 1], [flatten(), one], {}, "height: 9"],
  ["a small image", [2, 3], [flatten(), one], {}, null],
  ["another list", [64], [one], {}, null],
  ["a pad that is asked for", [64], [one], { pad: { width: 8, height: 8, center: false } }, "isCentred: false"],
  ["no pad", [784], [one], { pad: null }, null],
  ["a rescaling of bytes", [784], [rescaling({ scale: 1 / 255 }), one], {}, "maximum: 255"],
  ["a rescaling of other numbers", [784], [rescaling({ scale: 0.5 }), one], {}, "maximum: 1,"],
  ["a maximum", [784], [one], { pad: { width: 28, height: 28, maximum: 7 } }, "maximum: 7"],
] as const)("has a field to draw on for images: %s", async (_, shape, layers, options, says) => {
  const page = await exportPage(await made([...shape], [...layers]), options);
  expect(page.includes("<canvas")).toBe(says !== null);
  if (says) expect(page).toContain(says);
});

it("begins with the means of the data, and knows the range of categories", async () => {
  const scaled = await made([2], [normalization({ mean: [1.23456, -20], variance: 1 }), one]);
  expect(await exportPage(scaled)).toContain("first: [1.23, -20]");
  expect(await exportPage(await made([1], [categoryEncoding({ numTokens: 5 }), one]))).toContain("max: 4, step: 1");
});
