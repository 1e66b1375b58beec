// Memory that workers held for models that are gone, as the system counts it: in processes of their own.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

describe("memory", () => {
  it("of models that were disposed of or forgotten does not stay in the workers", { timeout: 60_000 }, () => {
    // 26 MiB each, and 780 MiB together.
    const program = `
      import { Sequential, dense } from "simdgrad";
      const data = { x: new Float32Array(32 * 784).fill(0.5), y: new Float32Array(32) };
      let peak = 0;
      for (let i = 0; i < 30; i++) {
        // A busy machine collects late: what is forgotten is collected before the next model, and its end is heard of.
        gc();
        await new Promise(setImmediate);
        const units = process.argv[1] === "sizes" ? 500 + ((i * 977) % 4000) : 2048;
        const layers = [dense({ units, activation: "relu", kernelInitializer: "zeros" }), dense({ units: 10, activation: "softmax" })];
        const model = await Sequential.create({ inputShape: [784], layers, threads: 2 });
        model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
        await model.fit(data, { batchSize: 32 });
        if (process.argv[1] !== "forgotten") model.dispose();
        peak = Math.max(peak, process.memoryUsage().rss);
      }
      console.log(peak / 2 ** 20);`;
    for (const way of ["disposed", "sizes", "forgotten"]) {
      const options = { encoding: "utf8", timeout: 30_000 } as const;
      const { stdout } = spawnSync(
        process.execPath,
        ["--expose-gc", "--input-type=module", "-e", program, way],
        options,
      );
      expect(Number(stdout), way).toBeGreaterThan(0);
      expect(Number(stdout), way).toBeLessThan(600);
    }
  });
});
