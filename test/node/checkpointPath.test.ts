// Placeholders in the path of a checkpoint: ours and Keras's, and those rejected before training is lost.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FitOptions, f1, OptionError } from "../../src/index.js";
import { type FileCheckpointOptions, modelCheckpoint } from "../../src/node/index.js";
import { blobs, classifier } from "../model/models.js";

const data = blobs(20);
const held = blobs(9, { seed: 8 });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "simdgrad-"));
});
afterEach(() => rm(dir, { recursive: true }));

/** Trains two epochs of 4 steps; returns the history. */
async function train(path: string, options: Partial<FileCheckpointOptions> = {}, fit: FitOptions = {}) {
  const model = await classifier({
    metrics: ["accuracy", f1({ name: "F1: {macro}" }), f1({ name: "a b", average: "micro" })],
  });
  const checkpoint = modelCheckpoint({ path: join(dir, path), keepPrevious: false, ...options });
  return model.fit<string>(data, { epochs: 2, batchSize: 5, validationData: held, ...fit, callbacks: [checkpoint] });
}

const files = async () => (await readdir(dir)).sort();

describe("stands for", () => {
  it.each<[path: string, expected: string[]]>([
    ["{epoch}", ["1", "2"]],
    ["{epoch:d}", ["1", "2"]],
    ["{epoch:3}", ["001", "002"]],
    ["{epoch:03}", ["001", "002"]],
    ["{epoch:03d}", ["001", "002"]],
    ["{epoch:02d}.weights", ["01.weights", "02.weights"]],
    ["{epoch:012d}", ["000000000001", "000000000002"]],
    ["{{epoch}}-{epoch}", ["{epoch}-1", "{epoch}-2"]],
    ["}}{{{epoch}", ["}{1", "}{2"]],
  ])("the epoch: %s", async (path, expected) => {
    await train(path);
    expect(await files()).toEqual(expected);
  });

  it.each<[path: string, name: string, decimals: number]>([
    ["{loss}", "loss", 4],
    ["{valLoss}", "valLoss", 4],
    ["{valLoss:2}", "valLoss", 2],
    ["{valLoss:.2f}", "valLoss", 2],
    ["{val_loss:.2f}", "valLoss", 2],
    ["{val_accuracy:.10f}", "valAccuracy", 10],
    ["{accuracy:.0f}", "accuracy", 0],
    ["{a b:.3f}", "a b", 3],
    ["{valA b}", "valA b", 4],
  ])("a number of the logs: %s", async (path, name, decimals) => {
    const history = await train(`{epoch}-${path}`);
    expect(await files()).toEqual(history[name].map((value, i) => `${i + 1}-${value.toFixed(decimals)}`));
  });

  it("the step", async () => {
    await train("{epoch:02d}-{step:03d}-{loss:.0f}", { saveFreq: 3 });
    expect((await files()).map((name) => name.slice(0, 6))).toEqual(["01-003", "02-002"]);
  });

  it("the validation of those epochs that have it, with saveBestOnly", async () => {
    const falling = { epochs: 4, validationData: data };
    const { valLoss } = await train("{epoch}-{valLoss}", { saveBestOnly: true }, { ...falling, validationFreq: 2 });
    expect(valLoss[1]).toBeLessThan(valLoss[0]);
    expect(await files()).toEqual([`2-${valLoss[0].toFixed(4)}`, `4-${valLoss[1].toFixed(4)}`]);
  });
});

describe("is refused when it is made:", () => {
  it.each<[path: string, says: string]>([
    ["{epoch:2f}", "expected a placeholder such as {epoch}, {epoch:3} or {epoch:03d}, got {epoch:2f}"],
    ["{epoch:.2f}", "got {epoch:.2f}"],
    ["{epoch:3d}", "{epoch:03d}, got {epoch:3d}"],
    ["{epoch:02d }", "got {epoch:02d }"],
    ["{loss:02d}", "expected a placeholder such as {loss}, {loss:2} or {loss:.2f}, got {loss:02d}"],
    ["{loss:.2}", "got {loss:.2}"],
    ["{loss:.2e}", "got {loss:.2e}"],
    ["{loss:100}", "got {loss:100}"],
    ["{a:b}", "got {a:b}"],
    ["{}", "expected a placeholder such as {valLoss}, {valLoss:2} or {valLoss:.2f}, got {}"],
    ["{:.2f}", "got {:.2f}"],
    ["{step}", "{step} needs saveFreq in steps"],
    ["{epoch", '"{" stands alone in the path. Write "{{" for a brace'],
    ["epoch}", '"}" stands alone in the path. Write "}}" for a brace'],
    ["{{epoch}", '"}" stands alone'],
    ["{ep{och}", '"{" stands alone'],
  ])("%s", (path, says) => {
    const make = () => modelCheckpoint({ path: join(dir, path) });
    expect(make).toThrow(OptionError);
    expect(make).toThrow(says);
  });
});

describe("is refused after the first epoch or step, though nothing is saved in it:", () => {
  const never = { saveBestOnly: true, monitor: "loss", initialBest: -1 } as const;

  it.each<[path: string, options: Partial<FileCheckpointOptions>, fit: FitOptions, says: string]>([
    ["{acc}", {}, {}, "{acc} stands for nothing. There is {epoch}, {loss}, {accuracy}, {F1: {macro}}"],
    ["{acc}", never, {}, 'Did you mean "accuracy"?'],
    ["{val_acc:.2f}", never, {}, 'Did you mean "valAccuracy"?'],
    ["{epoch!r}", never, {}, "{epoch!r} stands for nothing"],
    ["{constructor}", never, {}, "{constructor} stands for nothing"],
    ["{__proto__:.2f}", never, {}, "{__proto__:.2f} stands for nothing"],
    ["{batch:02}", never, {}, "Steps are {step}, with saveFreq in steps"],
    ["{batch:02}", { ...never, saveFreq: 100 }, {}, "There is {epoch}, {step}, {loss}"],
    ["{valLoss}", { ...never, saveFreq: 100 }, {}, "only there after epochs with validation"],
    ["{valLoss}", never, { validationData: undefined } as never, "only there after epochs with validation"],
    ["{valAccuracy}", {}, { validationFreq: 2 }, "saveBestOnly: true saves only then"],
  ])("%s with %j", async (path, options, fit, says) => {
    const ended: number[] = [];
    const model = await classifier({ metrics: ["accuracy", f1({ name: "F1: {macro}" })] });
    const callbacks = [
      modelCheckpoint({ path: join(dir, path), ...options }),
      { onEpochEnd: (e: number) => ended.push(e) },
    ];
    const attempt = model.fit(data, { epochs: 3, batchSize: 5, validationData: held, ...fit, callbacks });
    await expect(attempt).rejects.toBeInstanceOf(OptionError);
    await expect(attempt).rejects.toThrow(says);
    expect(ended).toEqual([]);
    expect(await files()).toEqual([]);
  });
});
