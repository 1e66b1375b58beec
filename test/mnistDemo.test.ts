// The MNIST demo: the real program on small IDX files written here: what it prints, its options, its errors and its
// signals. The first run is that of `npm start`, by tsx; the others run the same sources as one file, which start in
// half the time.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toLines, toViewSize, trim } from "../examples/mnist/pixels.js";
import { Random } from "../src/base/random.js";
import { loadModel } from "../src/node/index.js";
import { idx } from "./support/idx.js";

const ESCAPE = "\u001b";
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), "simdgrad-cli-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

interface Kind {
  readonly side: number;
  readonly testSide?: number;
  readonly classes: number;
  readonly train: number;
  readonly test: number;
  readonly gzip?: boolean;
}

/** A folder of images with noise, in which the row of a bright bar tells the class. */
function writeImages(name: string, { side, testSide = side, classes, train, test, gzip = false }: Kind): string {
  const folder = join(temporary, name);
  mkdirSync(folder);
  const random = Random.fromSeed(7);
  for (const [prefix, count, size] of [["train", train, side] as const, ["t10k", test, testSide] as const]) {
    const labels = Uint8Array.from({ length: count }, () => random.integerBelow(classes));
    const images = Uint8Array.from({ length: count * size * size }, (_, i) => {
      const row = Math.floor(i / size) % size;
      const isBar = Math.floor((row * classes) / size) === labels[Math.floor(i / size ** 2)];
      return random.integerBelow(isBar ? 256 : 120);
    });
    const write = (file: string, bytes: Uint8Array) =>
      writeFileSync(join(folder, gzip ? `${file}.gz` : file), gzip ? gzipSync(bytes) : bytes);
    write(`${prefix}-images-idx3-ubyte`, idx(8, [count, size, size], images));
    write(`${prefix}-labels-idx1-ubyte`, idx(8, [count], labels));
  }
  return folder;
}

const digits = writeImages("digits", { side: 28, classes: 10, train: 1500, test: 300, gzip: true });
const small = writeImages("small", { side: 8, classes: 4, train: 200, test: 60 });
const newFile = (name: string) => join(temporary, name, "model.safetensors");

const SOURCE = "examples/mnist/start.ts";
const JOINED = "examples/output/start.mjs";
beforeAll(() =>
  build({
    ...{ entryPoints: [SOURCE], outfile: JOINED, absWorkingDir: ROOT, logLevel: "error" },
    ...{ bundle: true, packages: "external", platform: "node", format: "esm", target: "node20" },
  }),
);

/** `options` is a command line: words between spaces. */
function start(options: string, env: Record<string, string> = {}, program = [JOINED]): ChildProcessWithoutNullStreams {
  const { FORCE_COLOR: _, NO_COLOR: __, ...rest } = process.env;
  const words = options.split(" ").filter(Boolean);
  return spawn(process.execPath, [...program, ...words], {
    cwd: ROOT,
    env: { ...rest, NODE_NO_WARNINGS: "1", ...env },
  });
}

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs to the end; `onText` sees all output so far whenever there is more. */
function finish(child: ChildProcessWithoutNullStreams, onText: (out: string) => void = () => {}): Promise<Outcome> {
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
    onText(out);
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

const run = (options: string, env?: Record<string, string>) => finish(start(options, env));

describe.concurrent("npm start", () => {
  it("trains, tests, saves, and prints plain lines into a pipe", async () => {
    const save = newFile("plain");
    const options = `--data ${digits} --epochs 2 --hidden 32,16 --save ${save}`;
    const { code, out, err } = await finish(start(options, {}, ["--import", "tsx", SOURCE]));
    expect([code, err]).toEqual([0, ""]);
    for (const control of [ESCAPE, "\r"]) expect(out).not.toContain(control);
    expect(out).toMatch(/training +1,500 images +x \[1500, 784\] +y \[1500\]/);
    expect(out).toContain("28 × 28 pixels, 10 classes");
    expect(out).toMatch(/dense_3 +dense, softmax +\[\*, 10\] +170/);
    expect(out).toMatch(/runs on +WebAssembly, variant "simd/);
    const epoch = /Epoch \d\/2 {2}loss \d\.\d{4} {2}accuracy \d+\.\d\d % +\d+\.\d s {2}[\d,]+ images\/s/g;
    expect(out.match(epoch)).toHaveLength(2);
    expect(out).toMatch(/accuracy {2}\d+\.\d\d % {2}\d+ of 300 images/);
    expect(out).toContain("Confusion matrix");
    expect(out.match(/^ {2}\d( +[\d.·]+){10}$/gm)).toHaveLength(10);
    expect(out).toMatch(/macro average( +[01]\.\d{4}){3} +300/);
    expect(out).toMatch(/weighted average( +[01]\.\d{4}){3} +300/);
    expect(out).toMatch(/[▀▄█]/);
    expect(out).toMatch(/✓ label \d/);
    expect(out).toContain("for all 300 test images, bit for bit");
    expect(out).toMatch(/Total time \d+\.\d s/);
    using model = await loadModel(save);
    expect(model.layers.map(({ outputShape }) => outputShape[0])).toEqual([32, 16, 10]);
    expect(readdirSync(join(save, ".."))).toEqual(["model.safetensors"]);
  });

  it("takes images of any size and the number of classes from the labels", async () => {
    const training = "--epochs 60 --hidden none --optimizer sgd --learning-rate 0.1 --batch-size 16";
    const { code, out } = await run(`--data ${small} ${training} --backend reference --save ${newFile("small")}`);
    expect(code).toBe(0);
    expect(out).toContain("8 × 8 pixels, 4 classes");
    expect(out).toContain("sgd, learning rate 0.1, batches of 16, seed 1");
    expect(out).toContain("plain JavaScript");
    expect(out).toContain("accuracy  100.00 %  60 of 60 images");
    expect(out).toContain("It makes no mistake.");
    expect(out).toContain("No class is mistaken for another.");
  });

  it("trains alike from the same seed, whatever runs it", async () => {
    const numbers = async (name: string, options: string) => {
      const { out } = await run(`--data ${small} --epochs 2 --save ${newFile(name)} ${options}`);
      return [...out.matchAll(/loss (\S+) {2}accuracy (\S+)/g)].flatMap(([, ...texts]) => texts.map(Number));
    };
    const [first, again, reference, relaxed, other] = await Promise.all([
      numbers("seedA", "--seed 3"),
      numbers("seedB", "--seed 3 --threads 1 --backend wasm"),
      numbers("seedC", "--seed 3 --backend reference"),
      numbers("seedD", "--seed 3 --no-deterministic"),
      numbers("seedE", "--seed 4"),
    ]);
    expect(first).toHaveLength(4);
    expect(again).toEqual(first);
    for (const close of [reference, relaxed]) expect(close).toBeAllClose(first, { atol: 0.01 });
    expect(other).not.toEqual(first);
  });

  it("says so when it does no better than guessing, and marks mistakes", async () => {
    const { code, out } = await run(`--data ${small} --epochs 1 --learning-rate 0 --save ${newFile("guess")}`);
    expect(code).toBe(0);
    expect(out).toContain("No better than always naming the most frequent class.");
    expect(out.match(/✗ label \d/g)?.length).toBeGreaterThanOrEqual(3);
    expect(out).toMatch(/Most often mistaken: \d for \d \(\d+×\)/);
  });

  it("uses colours when they are forced, and none with NO_COLOR", async () => {
    const options = `--data ${small} --epochs 1 --save ${newFile("colours")}`;
    const painted = await run(options, { FORCE_COLOR: "1" });
    expect(painted.out).toContain(`${ESCAPE}[38;5;`);
    const plain = await run(options, { NO_COLOR: "1" });
    expect(plain.out).not.toContain(ESCAPE);
  });

  it("--help names every option and its default", async () => {
    const { code, out } = await run("--help");
    expect(code).toBe(0);
    const names = "hidden activation epochs batch-size optimizer learning-rate seed backend threads no-deterministic";
    for (const name of `${names} data save`.split(" ")) expect(out).toMatch(new RegExp(`^ {2}--${name} `, "m"));
    for (const heading of ["Model:", "Training:", "What runs it:", "Files:", "Examples:"])
      expect(out).toContain(heading);
    for (const value of ["128", "5", "32", `"relu"`, `"mnist.safetensors"`]) {
      expect(out).toMatch(new RegExp(`default:\\s+${value}\\)`));
    }
  });

  it.each([
    ["--epochs 0", "Expected an integer from 1"],
    ["--epoch 3", "Did you mean --epochs?"],
    ["--hidden 12,x", "Expected sizes such as"],
    ["--activation rellu", "Allowed choices are linear, relu"],
    ["--learning-rate fast", "Expected a number"],
    ["--learning-rate -1", "Expected a number >= 0."],
    ["--threads 0", "integer from 1 to 256"],
    ["--optimizer adagard", "Allowed choices are"],
    ["7", "too many arguments"],
  ])("ends with code 2 and one line for %s", async (options, message) => {
    const { code, out, err } = await run(options);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
    expect(err).toMatch(/^error: .*\n$/);
  });

  it("ends with code 1 and one line for data or places that cannot be used", async () => {
    const mixed = writeImages("mixed", { side: 8, testSide: 9, classes: 3, train: 20, test: 20 });
    const cut = writeImages("cut", { side: 8, classes: 3, train: 20, test: 20 });
    const images = join(cut, "t10k-images-idx3-ubyte");
    writeFileSync(images, readFileSync(images).subarray(0, 500));
    for (const [options, message] of [
      [`--data ${join(temporary, "nowhere")}`, "neither train-images-idx3-ubyte nor"],
      [`--data ${mixed}`, "training images are 8 × 8, but test images are 9 × 9 pixels"],
      [`--data ${cut}`, "truncated"],
      [`--data ${small} --save ${temporary}`, "is a folder"],
      [`--data ${small} --save ${join(images, "model")}`, "cannot be written"],
    ]) {
      const { code, err } = await run(options);
      expect([code, err]).toEqual([1, expect.stringContaining(message)]);
      expect(err).toMatch(/^error: .*\n$/);
    }
  });

  it("explains a training that diverges, and keeps the last finite weights", async () => {
    const save = newFile("diverged");
    const training = "--activation linear --optimizer sgd --learning-rate 1e30";
    const { code, err } = await run(`--data ${digits} ${training} --save ${save}`);
    expect(code).toBe(1);
    const [first, second, third] = err.split("\n");
    expect(first).toMatch(/^error: NonFiniteError in epoch 1, step \d+: /);
    expect(second).toMatch(/^Most likely the learning rate 1e\+30 is too high/);
    expect(third).toBe(`The last finite weights are saved in ${save}`);
    expect(err).not.toMatch(/\n +at /);
    using model = await loadModel(save);
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  it.skipIf(process.platform === "win32").each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("saves a model that can be trained on when it gets %s", async (signal, expected) => {
    const save = newFile(signal);
    const child = start(`--data ${digits} --epochs 100000 --save ${save}`);
    const { code, out, err } = await finish(child, (text) => {
      if (text.includes("Epoch      2/") && !child.killed) child.kill(signal);
    });
    expect([code, err]).toEqual([expected, ""]);
    expect(out).toMatch(/Stopped after \d+\.\d\d of 100000 epochs\. The model is saved in/);
    using model = await loadModel(save);
    const history = await model.fit({ x: new Float32Array(784), y: [3] });
    expect(history.loss[0]).toBeGreaterThan(0);
  });

  it.skipIf(process.platform === "win32")("resumes with --resume as if it had never been stopped", async () => {
    const [stopped, whole] = [newFile("stopped"), newFile("whole")];
    const training = (save: string) => `--data ${digits} --epochs 24 --batch-size 4 --hidden 64 --save ${save}`;
    const child = start(training(stopped));
    const first = await finish(child, (text) => {
      if (text.includes("Epoch  2/") && !child.killed) child.kill("SIGINT");
    });
    expect(first.code).toBe(130);
    expect(first.out).toContain("--resume goes on with it");
    const second = await run(`${training(stopped)} --resume`);
    expect([second.code, second.err]).toEqual([0, ""]);
    expect(second.out).toContain("Epoch 24/24");
    await run(training(whole));
    expect(readFileSync(stopped).equals(readFileSync(whole))).toBe(true);
    expect((await run(`--data ${digits} --save ${newFile("none")} --resume`)).err).toMatch(
      /^error: .*could not be read/,
    );
  });

  it.skipIf(process.platform === "win32")("ends quietly when nobody reads on", async () => {
    const child = start(`--data ${digits} --epochs 100000 --save ${newFile("pipe")}`);
    const { code, err } = await finish(child, () => child.stdout.destroy());
    expect([code, err]).toEqual([141, ""]);
    expect(existsSync(newFile("pipe"))).toBe(false);
  });
});

describe("pictures", () => {
  const picture = { height: 3, width: 4, pixels: Float32Array.of(1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0) };

  it("show two pixels per character", () => {
    expect(toLines(picture, false)).toEqual(["█▄▀ ", "▀   "]);
    const [first] = toLines(picture, true);
    expect(first.startsWith(`${ESCAPE}[38;5;255;48;5;255m▀${ESCAPE}[38;5;232;48;5;255m▀`)).toBe(true);
  });

  it("are brought to one size, with the ink in the middle", () => {
    const dot = { height: 9, width: 9, pixels: Float32Array.from({ length: 81 }, (_, i) => Number(i === 40)) };
    expect(toViewSize(dot)).toMatchObject({ height: 27, width: 27 });
    expect(toViewSize({ height: 100, width: 50, pixels: new Float32Array(5000).fill(1) })).toMatchObject({
      height: 25,
      width: 13,
    });
    expect(trim([dot])).toEqual([{ height: 3, width: 3, pixels: Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0) }]);
  });
});
