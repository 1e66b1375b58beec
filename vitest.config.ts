/**
 * One suite, four projects. `strict` runs tests as users do, and those of the playground that need no browser;
 * `kernels` runs those of arithmetic, on the relaxed-SIMD builds too, which Node 20 has only with a flag;
 * `chromium` and `firefox` run what belongs in browsers, and the playground.
 */
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { COMPILED, compiledSources } from "./test/support/compiled.js";

const needsFlag = Number(process.versions.node.split(".")[0]) < 22;
/** `npm run test:quick`. Within other files, `itInFull` of test/support marks what it leaves out. */
const isQuick = process.env.SIMDGRAD_TEST === "quick";
/** Files that run programs, start processes or threads throughout, need packages installed aside, or large data. */
const slow = [
  ...["test/examples.test.ts", "test/guides.test.ts", "test/mnistDemo.test.ts", "test/recipes.test.ts", "test/cli/**"],
  ...["test/package.test.ts", "test/interop/peak.test.ts", "test/bullmq/postgres.test.ts", "test/bullmq/sweep.test.ts"],
  ...["test/allocation.test.ts", "test/workerMemory.test.ts", "test/runtime/textDecoder.test.ts"],
  ...["test/interop/code/c.test.ts", "test/table/parity.test.ts", "test/consumers/**", "test/types/**"],
  ...[
    "test/builds.test.ts",
    "test/workerBundle.test.ts",
    "test/writeAhead.test.ts",
    "test/scoring/scoreFile.test.ts",
    "test/table/large.test.ts",
  ],
  ...["test/threads.test.ts", "test/model/worker.test.ts", "test/model/workerLife.test.ts", "test/tasks/plan.test.ts"],
  ...["test/search/failures.test.ts", "test/search/pipeline.test.ts", "test/runtime/commonBuild.test.ts"],
  ...["playground/test/data.test.ts", "test/node/backupAndRestore.test.ts", "test/interop/onnxGraphs.test.ts"],
];
/** Tests of arithmetic. Each build is compared with the same results in float64, which are worked out once. */
const arithmetic = ["test/kernels/**/*.test.ts", "test/gradients.test.ts", "test/golden/**/*.test.ts"];
/** Files that take long, in the order in which they begin: at the end they would keep one core waiting for the other. */
const long = ["examples", "guides", "consumers/quick", "workerMemory", "mnistDemo", "bullmq/postgres", "bullmq/sweep"];
const placeOf = (path: string) =>
  long.findIndex((name) => path.endsWith(`/test/${name}.test.ts`)) + 1 || long.length + 1;

class LongestFirst extends BaseSequencer {
  /** Each project by itself, as processes are not shared between projects. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) =>
      sorted.filter((file) => file.project === project).sort((a, b) => placeOf(a.moduleId) - placeOf(b.moduleId)),
    );
  }
}

/** Not where vitest watches files: a change must be seen. */
const plugins = process.argv.includes("run") ? [compiledSources()] : [];
const shared = {
  setupFiles: ["test/support/toBeAllClose.ts"],
  server: { deps: { external: [COMPILED] } },
  testTimeout: 60_000,
  hookTimeout: 60_000,
};
/**
 * Files of one worker share their modules: importing them anew for each file took a quarter of the time. All cores have
 * a worker, so that helpers of V8's garbage collector would only take turns with them. Most values die young: a larger
 * young heap leaves them less to do.
 */
const v8 = ["--single-threaded-gc", "--min-semi-space-size=16", "--max-semi-space-size=64"];
const inNode = { ...shared, isolate: false, execArgv: v8 };
/** `.ci/run`, and `npm run test:browsers`: the playground in Firefox, too. */
const hasTime = process.env.SIMDGRAD_TEST === "whole" || process.env.SIMDGRAD_BROWSERS === "full";
const inBrowser = (name: "chromium" | "firefox") => ({
  plugins,
  test: {
    ...shared,
    name,
    globalSetup: ["test/browsers/install.ts"],
    include: [
      "test/browsers/*.test.ts",
      ...(name === "chromium" || hasTime ? ["playground/test/playground.test.ts"] : []),
    ],
    env: { ONLY_BROWSER: name },
  },
});

export default defineConfig({
  test: {
    // Keeps transformed modules by their content, which saves a few seconds from the second run on.
    experimental: { fsModuleCache: true },
    // The default keeps one core free, which is half of a small machine. Files with browsers mostly wait for them.
    sequence: { sequencer: LongestFirst },
    maxWorkers: availableParallelism() + (isQuick ? 0 : 1),
    projects: [
      inBrowser("chromium"),
      inBrowser("firefox"),
      {
        plugins,
        test: {
          ...inNode,
          name: "strict",
          include: ["test/**/*.test.ts", "playground/test/!(playground).test.ts"],
          exclude: ["**/node_modules/**", "test/browsers/**", ...arithmetic, ...(isQuick ? slow : [])],
        },
      },
      {
        plugins,
        test: {
          ...inNode,
          name: "kernels",
          include: arithmetic,
          env: { SIMDGRAD_TEST_BACKENDS: "all" },
          pool: "forks",
          execArgv: [...inNode.execArgv, ...(needsFlag ? ["--experimental-wasm-relaxed-simd"] : [])],
        },
      },
    ],
  },
});
