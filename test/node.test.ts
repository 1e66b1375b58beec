// simdgrad/node: data sets and models on disk, and errors when they are missing.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BackendError, DataError, dense, FormatError, OptionError, Sequential, SimdgradError } from "../src/index.js";
import { loadModel, mnist, saveModel } from "../src/node/index.js";
import { blobs, classifier, stateOf } from "./model/models.js";
import { idx } from "./support/idx.js";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "simdgrad-"));
});
afterEach(() => rm(dir, { recursive: true }));

const TRAIN_IMAGES = "train-images-idx3-ubyte";
const TRAIN_LABELS = "train-labels-idx1-ubyte";

/** Bytes that count from 0, or all of one value. */
function counting(shape: number[], value?: number): Uint8Array {
  const size = shape.reduce((product, n) => product * n, 1);
  return idx(
    8,
    shape,
    Array.from({ length: size }, (_, i) => value ?? i % 256),
  );
}

/** Four small files in the format of MNIST: 5 and 2 images of 3 × 4. */
async function writeImages(change: Record<string, Uint8Array | null> = {}): Promise<void> {
  const files: Record<string, Uint8Array | null> = {
    [TRAIN_IMAGES]: counting([5, 3, 4]),
    [TRAIN_LABELS]: counting([5]),
    "t10k-images-idx3-ubyte": counting([2, 3, 4]),
    "t10k-labels-idx1-ubyte": counting([2]),
    ...change,
  };
  for (const [name, bytes] of Object.entries(files)) if (bytes) await writeFile(join(dir, name), bytes);
}

describe("mnist({ dir })", () => {
  it("reads any images in its format", async () => {
    await writeImages();
    const { train, test, height, width } = await mnist({ dir });
    expect([height, width, train.length, test.length]).toEqual([3, 4, 5, 2]);
    expect(train.inputShape).toEqual([12]);
    expect(train.x).toEqual(Float32Array.from({ length: 60 }, (_, i) => i / 255));
    expect([...train.y]).toEqual([0, 1, 2, 3, 4]);
  });

  it("reads gzipped files, and prefers the plain one", async () => {
    await writeImages({
      [TRAIN_IMAGES]: null,
      [`${TRAIN_IMAGES}.gz`]: gzipSync(counting([5, 3, 4], 255)),
      [`${TRAIN_LABELS}.gz`]: gzipSync(counting([5], 9)),
    });
    const { train } = await mnist({ dir });
    expect(train.x).toEqual(new Float32Array(60).fill(1));
    expect([...train.y]).toEqual([0, 1, 2, 3, 4]);
  });

  async function refused(error: typeof SimdgradError, ...says: string[]): Promise<void> {
    const fetched = mnist({ dir });
    await expect(fetched).rejects.toThrow(error);
    for (const words of says) await expect(fetched).rejects.toThrow(words);
  }

  it("names a folder that is not there, or is none", async () => {
    await expect(mnist({ dir: join(dir, "nowhere") })).rejects.toThrow(DataError);
    await expect(mnist({ dir: join(dir, "nowhere") })).rejects.toThrow(
      `${join(dir, "nowhere")} has neither ${TRAIN_IMAGES}`,
    );
    await writeFile(join(dir, "file"), "");
    await expect(mnist({ dir: join(dir, "file") })).rejects.toThrow(DataError);
  });

  it("names the file that is missing", async () => {
    await writeImages({ "t10k-labels-idx1-ubyte": null });
    await refused(DataError, dir, "t10k-labels-idx1-ubyte", "four IDX files");
  });

  it("names the file that is truncated, plain or gzipped", async () => {
    await writeImages({ [TRAIN_IMAGES]: counting([5, 3, 4]).subarray(0, 70) });
    await refused(FormatError, join(dir, TRAIN_IMAGES), "truncated: expected 76 bytes", "got 70");
    await writeImages({ [TRAIN_LABELS]: null });
    await rm(join(dir, TRAIN_IMAGES));
    await writeFile(join(dir, `${TRAIN_IMAGES}.gz`), gzipSync(counting([5, 3, 4])).subarray(0, 30));
    await refused(FormatError, join(dir, `${TRAIN_IMAGES}.gz`), "damaged gzip");
  });

  it("names the file that is something else", async () => {
    await writeImages({ [TRAIN_IMAGES]: new TextEncoder().encode("<html>Not found</html>") });
    await refused(FormatError, join(dir, TRAIN_IMAGES), "HTML page");
  });

  it("says when labels and images do not belong together", async () => {
    await writeImages({ [TRAIN_LABELS]: counting([4]) });
    await refused(FormatError, "train: 5 images, but labels [4]");
    await writeImages({ [TRAIN_LABELS]: counting([5, 3, 4]) });
    await refused(FormatError, "train: 5 images, but labels [5, 3, 4]");
    await writeImages({ [TRAIN_IMAGES]: counting([5]) });
    await refused(FormatError, "train images: expected bytes [*, height, width], got [5]");
  });

  it("names a file that cannot be read", async () => {
    await writeImages({ [TRAIN_IMAGES]: null });
    await mkdir(join(dir, TRAIN_IMAGES));
    await refused(DataError, join(dir, TRAIN_IMAGES), "could not be read");
  });

  it.each([
    [null, "options object"],
    ["data", "options object"],
    [{ directory: "data" }, '"directory"'],
    [{ dir: 5 }, "mnist: dir: expected a path, got 5"],
    [{ dir: "" }, 'expected a path, got ""'],
    [{ dir: null }, "expected a path, got null"],
  ])("rejects %o", async (options, says) => {
    await expect(mnist(options as never)).rejects.toThrow(OptionError);
    await expect(mnist(options as never)).rejects.toThrow(says);
  });
});

describe("saveModel and loadModel", () => {
  it("bring a model back, and leave nothing else", async () => {
    const model = await classifier();
    await model.fit(blobs(12));
    const path = join(dir, "new", "folder", "model.safetensors");
    await saveModel(model, path);
    expect(await readdir(join(dir, "new", "folder"))).toEqual(["model.safetensors"]);
    expect(new Uint8Array(await readFile(path))).toEqual(model.save());
    const loaded = await loadModel(path, { backend: "reference" });
    expect(stateOf(loaded)).toBe(stateOf(model));
    expect(loaded.info().backend).toBe("reference");
  });

  it("take the options of save, and a model in a worker", async () => {
    const options = { inputShape: [2], layers: [dense({ units: 1 })], seed: 4 };
    const [here, there] = [await Sequential.create(options), await Sequential.create({ ...options, worker: true })];
    for (const model of [here, there]) {
      await model.compile({ optimizer: "adam", loss: "meanSquaredError" });
      model.metadata = { unit: "cm" };
      const path = join(dir, "model");
      await saveModel(model, path, { optimizer: false });
      expect(new Uint8Array(await readFile(path))).toEqual(here.save({ optimizer: false }));
      expect((await loadModel(path)).metadata).toEqual({ unit: "cm" });
      for (const wrong of [{ optimiser: false }, { optimizer: 0 }, "model"]) {
        await expect(saveModel(model, path, wrong as object)).rejects.toThrow(OptionError);
      }
    }
    there.dispose();
  });

  it("replace the old file", async () => {
    const path = join(dir, "model");
    const model = await classifier();
    await saveModel(model, path);
    await model.fit(blobs(12));
    await saveModel(model, path);
    expect(stateOf(await loadModel(path))).toBe(stateOf(model));
    expect(await readdir(dir)).toEqual(["model"]);
  });

  it("many saves at a time to one path leave one whole file", async () => {
    const path = join(dir, "model");
    const models = await Promise.all(Array.from({ length: 8 }, (_, seed) => classifier({ seed })));
    await Promise.all(models.map((model) => saveModel(model, path)));
    expect(models.map(stateOf)).toContain(stateOf(await loadModel(path)));
    expect(await readdir(dir)).toEqual(["model"]);
  });

  it("a save that fails names the path, and leaves the old file and no temporary one", async () => {
    const path = join(dir, "model");
    await mkdir(join(path, "sub"), { recursive: true }); // a folder is in the way
    const saved = saveModel(await classifier(), path);
    await expect(saved).rejects.toThrow(SimdgradError);
    await expect(saved).rejects.toThrow(`saveModel: ${path} could not be written`);
    expect(await readdir(dir)).toEqual(["model"]);
    await writeFile(join(dir, "file"), "");
    await expect(saveModel(await classifier(), join(dir, "file", "model"))).rejects.toThrow(SimdgradError);
  });

  it("reject anything but a model, or an invalid path", async () => {
    const model = await classifier();
    await expect(saveModel(join(dir, "model") as never, model as never)).rejects.toThrow(
      "expected a model, then a path",
    );
    await expect(saveModel(undefined as never, dir)).rejects.toThrow(OptionError);
    await expect(saveModel(model, undefined as never)).rejects.toThrow(
      "saveModel: path: expected a path, got undefined",
    );
    await expect(saveModel(model, "\0")).rejects.toThrow(OptionError);
    await expect(loadModel(5 as never)).rejects.toThrow("loadModel: path: expected a path, got 5");
    model.dispose();
    await expect(saveModel(model, join(dir, "model"))).rejects.toThrow(BackendError);
    expect(await readdir(dir)).toEqual([]);
  });

  it("name the file that is missing, or foreign, or damaged", async () => {
    const path = join(dir, "model");
    await expect(loadModel(path)).rejects.toThrow(DataError);
    await expect(loadModel(path)).rejects.toThrow(`loadModel: ${path} could not be read`);
    await writeFile(path, "a text, and not a model");
    await expect(loadModel(path)).rejects.toThrow(FormatError);
    await expect(loadModel(path)).rejects.toThrow(`loadModel: ${path}: `);
    const model = await classifier();
    await writeFile(path, model.save().subarray(0, 500));
    await expect(loadModel(path)).rejects.toThrow(new RegExp(`^loadModel: ${path}: the header .*truncated`));
    await saveModel(model, path);
    await expect(loadModel(path, { seed: 1 } as never)).rejects.toThrow(OptionError);
  });
});
