// Plain data between formats: a model that goes through it is the same model, to the bit.
import { describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../src/base/errors.js";
import { dense, dropout, normalization, Sequential } from "../../src/index.js";
import { portableOf } from "../../src/interop/fromModel.js";
import { exportKeras } from "../../src/interop/keras/index.js";
import { exportOnnx } from "../../src/interop/onnx/index.js";
import { modelOf } from "../../src/interop/toModel.js";
import { withAttachment } from "../../src/model/attachment.js";
import { optimizerNames } from "../../src/specs/optimizers/more.js";
import { blobs, classifier, stateOf } from "../model/models.js";

const data = blobs(30);

describe("a model through plain data", () => {
  it.each(optimizerNames.filter((name) => name !== "lbfgs"))(
    "goes on as if it had not left, with %s",
    async (optimizer) => {
      const model = await classifier({ optimizer, threads: 1 });
      await model.fit(data, { epochs: 2, batchSize: 10 });
      const copy = await modelOf(await portableOf(model), { threads: 1 });
      expect(copy.save()).toEqual(model.save());
      for (const one of [model, copy]) await one.fit(data, { epochs: 1, batchSize: 10 });
      expect(stateOf(copy)).toBe(stateOf(model));
    },
  );

  it("keeps names of classes and features, and other metadata", async () => {
    const model = await classifier();
    model.metadata = { features: ["width", "height"], classes: ["a", "b", "c"], unit: "cm" };
    const plain = await portableOf(model);
    expect(plain).toMatchObject({ classes: ["a", "b", "c"], features: ["width", "height"], metadata: { unit: "cm" } });
    expect((await modelOf(plain)).metadata).toEqual(model.metadata);
  });

  it("leaves lists of another length where they are", async () => {
    const model = await classifier();
    model.metadata = { classes: ["a"], features: 3 };
    const plain = await portableOf(model);
    expect(plain).toMatchObject({ classes: null, features: null, metadata: { classes: ["a"], features: 3 } });
  });

  it("takes the bytes of save() and models in workers", async () => {
    const options = { inputShape: [2], layers: [normalization(), dropout(0.1), dense({ units: 1 })], seed: 4 };
    const here = await Sequential.create(options);
    const there = await Sequential.create({ ...options, worker: true });
    const expected = await portableOf(here);
    expect(await portableOf(here.save())).toEqual(expected);
    expect(await portableOf(there)).toEqual(expected);
    await there.dispose();
  });

  it("says what is left out", async () => {
    const model = await classifier({ optimizer: "lbfgs" });
    await model.fit(data, { epochs: 1 });
    const { notes, training } = await portableOf(model);
    expect(training).toBeNull();
    expect(notes).toEqual(["The memory of lbfgs is left out; it begins anew."]);
  });

  it("says what of a table model is left out, and how to keep it", async () => {
    const model = await classifier();
    const file = withAttachment("test", model.save(), { tableModel: 1 });
    const { notes } = await portableOf(file);
    expect(notes).toEqual([
      expect.stringMatching(/^This is the first network of a table model.*exportModule, exportPage/),
    ]);
    expect((await portableOf(withAttachment("test", file, { own: 1 }))).notes).toEqual([
      "The attachment of the model, which belongs to the program that made it, is left out.",
    ]);
  });

  it("names the function that was called, and what to do", async () => {
    await expect(exportKeras("model.keras" as never)).rejects.toThrow(
      'exportKeras: expected a model, or the bytes of its save(), got "model.keras". Read that file, and give its bytes.',
    );
    await expect(exportOnnx(null as never)).rejects.toThrow(
      "exportOnnx: expected a model, or the bytes of its save(), got null. Give one of these.",
    );
  });

  it.each([[null], [3], ["model.simdgrad"], [{}]])("refuses %j", async (model) => {
    await expect(portableOf(model as never)).rejects.toThrow(OptionError);
    await expect(modelOf(model as never)).rejects.toThrow(OptionError);
  });

  it("refuses layers whose weights have other shapes, and names them", async () => {
    const plain = await portableOf(await classifier());
    const broken = { ...plain, layers: plain.layers.map((layer) => ({ ...layer, weights: new Map() })) };
    await expect(modelOf(broken)).rejects.toThrow(FormatError);
    await expect(modelOf(broken)).rejects.toThrow("modelOf: dense_1/kernel: expected [2, 8], got nothing in the file.");
  });
});
