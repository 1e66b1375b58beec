// The published package: the manifest's promises, and not one file more than it needs.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

function textsIn(folder: string): string[] {
  const names = readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.(?:ts|md)$/.test(name)).map((name) => `${folder}/${name}`);
}

describe("the manifest", () => {
  it("has every entry that the library, the command line and the documents name", () => {
    const texts = ["README.md", "CHANGELOG.md", ...["src", "cli", "docs"].flatMap(textsIn)];
    const named = texts.flatMap((path) =>
      Array.from(readFileSync(new URL(path, root), "utf8").matchAll(/\bsimdgrad\/([a-z]+)/g), ([, name]) => name),
    );
    const others = new Set(["build", "package", "wasm"]); // files of the package
    expect([...new Set(named)].filter((name) => !others.has(name) && !manifest.exports[`./${name}`])).toEqual([]);
  });

  it("is an ES module for Node from 20.19, free of side effects", () => {
    expect(manifest).toMatchObject({ name: "simdgrad", type: "module", sideEffects: false, license: "MIT" });
    expect(manifest.engines).toEqual({ node: ">=20.19" });
  });

  it("depends on the AssemblyScript loader and nothing else, at one exact version", () => {
    expect(manifest.dependencies).toEqual({ "@assemblyscript/loader": expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    const peers = Object.keys(manifest.peerDependencies);
    expect(peers).toEqual(["bullmq", "ioredis", "pg"]);
    for (const name of peers) expect(manifest.peerDependenciesMeta[name], name).toEqual({ optional: true });
    for (const kind of ["optionalDependencies", "bundleDependencies", "bundledDependencies"]) {
      expect(manifest[kind], kind).toBeUndefined();
    }
  });

  it("runs nothing when it is installed", () => {
    const hooks = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"];
    for (const hook of hooks) expect(manifest.scripts[hook], hook).toBeUndefined();
    expect(existsSync(new URL("binding.gyp", root))).toBe(false);
  });

  it("exports types before code, and files that the build makes", () => {
    const code = Object.entries<Record<string, string>>(manifest.exports).filter(
      ([, entry]) => typeof entry === "object",
    );
    expect(code.map(([name]) => name)).toEqual([
      ".",
      "./worker",
      "./csv",
      "./datasets",
      "./estimators",
      "./search",
      "./node",
      "./browser",
      "./explain",
      "./table",
      "./report",
      "./onnx",
      "./plot",
      "./keras",
      "./sklearn",
      "./brain",
      "./code",
      "./torch",
      "./tfjs",
      "./formats",
      "./compact",
      "./quantized",
      "./bullmq",
      "./parquet",
      "./scoring",
      "./tasks",
    ]);
    for (const [name, conditions] of code) {
      expect(Object.keys(conditions), name).toEqual(["types", "node", "default"]);
      for (const file of Object.values(conditions)) expect(existsSync(new URL(file, root)), file).toBe(true);
      const sameFile = conditions.node.replace(/^\.\/build\/node\//, "./build/js/");
      expect(conditions.types).toBe(sameFile.replace(/\.js$/, ".d.ts"));
      const forBundlers = { ".": "./build/js/bundlers.js", "./worker": "./build/js/workerForBundlers.js" };
      expect(conditions.default).toBe(forBundlers[name as keyof typeof forBundlers] ?? sameFile);
    }
    expect(manifest.main).toBe("./build/js/index.js"); // for tools without conditions
    expect(manifest.types).toBe(manifest.exports["."].types);
  });

  it("has one program, which the build makes executable", () => {
    expect(manifest.bin).toEqual({ simdgrad: "./build/cli/index.js" });
    const program = new URL(manifest.bin.simdgrad, root);
    expect(readFileSync(program, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    if (process.platform !== "win32") expect(statSync(program).mode & 0o111).toBe(0o111);
  });

  it("publishes by list, not by exclusion", () => {
    expect(existsSync(new URL(".npmignore", root))).toBe(false);
    for (const pattern of manifest.files)
      expect(pattern).toMatch(
        /^!?(?:build\/(?:cli|js|node|cdn|wasm|worker)|docs|examples|playground\/README|CHANGELOG|CONTRIBUTING|NOTICE)/,
      );
  });
});

describe("the package", () => {
  // Scripts are left out: they would rebuild what other tests are using.
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const json = execFileSync(npm, ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" });
  const [{ files, size }] = JSON.parse(json) as [{ files: { path: string }[]; size: number }];
  const paths = files.map(({ path }) => path);

  it("holds what was built, and papers", () => {
    const papers = ["package.json", "README.md", "LICENSE", "NOTICE", "CHANGELOG.md", "CONTRIBUTING.md"];
    const others = paths.filter(
      (path) => !papers.includes(path) && !/^(?:docs|examples)\/|^playground\/README/.test(path),
    );
    expect(others.filter((path) => !/^build\/(cli|js|node|cdn|wasm|worker)\//.test(path))).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(["package.json", "LICENSE", "NOTICE"]));
  });

  it("holds every page and picture that its README and guides link", () => {
    const pages = paths.filter((path) => /^(?:README|docs\/.*|examples\/.*)\.md$|^README\.md$/.test(path));
    expect(pages.length).toBeGreaterThan(60);
    const dead = pages.flatMap((page) => {
      const text = readFileSync(new URL(page, root), "utf8").replace(/^```[\s\S]*?^```/gm, "");
      const links = [...text.matchAll(/(?:\]\(|srcset="|src=")(?!\w+:|#)([^)"#\s]+)/g)].map(([, link]) => link);
      return links.filter((link) => {
        const { pathname } = new URL(link, new URL(page, "file:///"));
        return !paths.some((path) => `/${path}`.startsWith(pathname));
      });
    });
    expect(dead).toEqual([]);
  });

  it("holds every file that its exports and imports name", () => {
    const entries = Object.values<string | Record<string, string>>(manifest.exports);
    const named = entries.flatMap((entry) => (typeof entry === "object" ? Object.values(entry) : []));
    named.push(manifest.bin.simdgrad);
    expect(paths).toEqual(expect.arrayContaining(named.map((path) => path.slice(2))));
    const loaders = ["variants", "commonSources", "quantized"].map((name) => new URL(`src/runtime/${name}.ts`, root));
    const code = loaders.map((file) => readFileSync(file, "utf8")).join("");
    const variants = [...code.matchAll(/import\("#wasm\/([\w-]+)"\)/g)].map(([, variant]) => variant);
    expect(variants).toEqual(expect.arrayContaining(["simd", "relaxed"]));
    for (const kind of [".js", ".wasm"]) {
      const shipped = paths.filter((path) => path.startsWith("build/wasm/") && path.endsWith(kind));
      expect(shipped.sort()).toEqual(variants.map((name) => `build/wasm/${name}${kind}`).sort());
    }
  });

  /** The files that a module opens with it. */
  function filesOf(entry: string): URL[] {
    const opened = new Map<string, URL>();
    const open = (file: URL): void => {
      if (opened.has(file.href)) return;
      opened.set(file.href, file);
      const code = readFileSync(file, "utf8");
      for (const [, path] of code.matchAll(/^(?:import|export) [^;]*?from "(\.[^"]+)";$/gm)) open(new URL(path, file));
    };
    open(new URL(entry, root));
    return [...opened.values()];
  }

  const nameOf = ({ href }: URL) => href.slice(href.lastIndexOf("/") + 1, -".js".length);

  it("opens the entry point, core, and the parts that programs choose from, and leaves the rest for later", () => {
    const names = filesOf(manifest.main).map(nameOf);
    const layers = readdirSync(new URL("src/specs/layers/", root)).map((file) => file.slice(0, -".ts".length));
    const parts = [
      "callbacks",
      "check",
      "columns",
      "data",
      "fitData",
      "inspect",
      "losses",
      "math",
      "metrics",
      "onWarning",
      "optimizers",
      "preprocess",
      "rareUpdateOps",
      "random",
      "rates",
      "rows",
      "schedules",
    ];
    expect(names.filter((name) => !layers.includes(name)).sort()).toEqual(
      [...parts, "core", "index", "orthogonalRegularizer", "sequential", "shared", "vocabulary"].sort(),
    );
    const entry = readFileSync(new URL(manifest.main, root), "utf8");
    expect(entry.replace(/^(?:import|export) [^;]*;$/gm, "").trim(), "code in the entry point").toBe("");
  });

  it("opens two files in Node", () => {
    expect(filesOf(manifest.exports["."].node).map(nameOf)).toEqual(["index", "main"]);
  });

  /** What a program prints as JSON, which Node runs itself: Vitest would transform every file. */
  function resultOf(program: string, cwd: URL | string = root) {
    const args = ["--input-type=module", "--eval", program];
    return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }));
  }

  it("reads its parts where somebody has added to Object.prototype", () => {
    const loss = resultOf(`
      Object.prototype.more = 5;
      const { dense, Sequential } = await import("simdgrad");
      const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })] });
      const loaded = await Sequential.load(model.save());
      loaded.compile({ optimizer: "sgd", loss: "huber" });
      const { loss } = await loaded.fit({ x: [[1]], y: [1] }, { epochs: 1 });
      console.log(JSON.stringify(loss));`);
    expect(loss).toEqual([expect.any(Number)]);
  });

  it("exports the same to Node and to bundlers, by every entry", () => {
    const entries = Object.values<Record<string, string>>(manifest.exports).filter(({ node }) => node);
    const pairs = [
      ...entries.map(({ node, default: other }) => [node, other]),
      [manifest.main, manifest.exports["."].default],
    ];
    const exported = resultOf(`
      const kindsOf = (all) => Object.entries(all).map(([name, value]) => name + " " + typeof value).sort();
      const pairs = await Promise.all(${JSON.stringify(pairs)}.map((pair) => Promise.all(pair.map((file) => import(file)))));
      const [index, bundlers] = pairs.at(-1);
      const isSame = Object.keys(index).every((name) => index[name] === bundlers[name]);
      console.log(JSON.stringify([isSame, ...pairs.map((pair) => pair.map(kindsOf))]));`);
    expect(exported.length).toBeGreaterThan(20);
    expect(exported.shift(), "the two entry points for bundlers").toBe(true);
    for (const [i, [node, other]] of exported.entries()) expect(node, pairs[i][0]).toEqual(other);
  });

  it("loads parts that only some models need, with the first of them", () => {
    // Each in a thread with modules of its own: one that has loaded the parts would help the others.
    const programs = [
      `const model = await create([normalization(), dense({ units: 1, kernelInitializer: "ones" })]);
      model.adapt([[1, 2], [3, 6]]);
      return [...model.predict([[3, 6]])];`,
      `const model = await create([dense({ units: 1, kernelRegularizer: l2(0.25) })]);
      model.compile({ optimizer: "sgd", loss: "mse" });
      const squares = model.getWeights()[0].data.reduce((sum, weight) => sum + weight * weight, 0);
      return Math.abs((await model.evaluate({ x: [[0, 0]], y: [0] })).loss / (0.25 * squares) - 1) < 1e-6;`,
      `const model = await create([dense({ units: 1, kernelConstraint: "nonNeg" })]);
      model.compile({ optimizer: sgd({ learningRate: 1 }), loss: "mse" });
      await model.fit({ x: [[1, 1]], y: [-10] }, { epochs: 1 });
      return [...model.getWeights()[0].data];`,
      `const model = await create([dense({ units: 2, kernelInitializer: "identity" })]);
      return [...model.getWeights()[0].data];`,
    ];
    const results = resultOf(`
      import { Worker } from "node:worker_threads";
      const run = (program) => new Promise((resolve) => {
        const worker = new Worker(\`(async () => {
          const { Sequential, dense, l2, normalization, sgd } = await import("simdgrad");
          const create = (layers) => Sequential.create({ inputShape: [2], layers, threads: 1 });
          \${program}
        })().then((result) => import("node:worker_threads").then(({ parentPort }) => parentPort.postMessage(result)))\`, { eval: true });
        worker.once("message", resolve).once("error", (error) => resolve(String(error)));
      });
      console.log(JSON.stringify(await Promise.all(${JSON.stringify(programs)}.map(run))));`);
    expect(results).toEqual([[2], true, [0, 0], [1, 0, 0, 1]]);
  });

  it("has trace in Node at once, and for bundlers after the first evaluate", () => {
    const results = resultOf(`
      const results = [];
      for (const build of ["node", "js"]) {
        const { Sequential, dense } = await import("./build/" + build + "/index.js");
        const { explain } = await import("./build/" + build + "/explain/index.js");
        const traced = (model) => {
          try {
            return [...model.trace({ x: [[1, 2]], y: [3] }).y.data];
          } catch (error) {
            return error.name + ": " + error.message;
          }
        };
        const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
        results.push(traced(model));
        model.compile({ optimizer: "sgd", loss: "mse" });
        await explain(model, { x: [[1, 2]], y: [3] });
        await model.fit({ x: [[1, 2]], y: [3] }, { onWarning() {} });
        results.push(traced(model));
        await model.evaluate({ x: [[1, 2]], y: [3] });
        results.push(traced(model));
      }
      console.log(JSON.stringify(results));`);
    const uncompiled = expect.stringMatching(/^OptionError: trace: call compile/);
    const early = "BackendError: trace: it is not loaded yet. Await evaluate first, which loads it.";
    expect(results).toEqual([uncompiled, [3], [3], uncompiled, early, [3]]);
  });

  it("has each class once in a program, whatever entries it imports", () => {
    const isOwn = resultOf(`
      import { FormatError, OptionError, Sequential, dense } from "simdgrad";
      import { parseCsv } from "simdgrad/csv";
      import { moons } from "simdgrad/datasets";
      import { exportOnnx, importOnnx } from "simdgrad/onnx";
      const thrown = (run) => Promise.resolve().then(run).catch((error) => error);
      const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], seed: 1 });
      console.log(JSON.stringify([
        (await importOnnx(await exportOnnx(model))).model instanceof Sequential,
        (await thrown(() => moons({ samples: -1 }))) instanceof OptionError,
        (await thrown(() => parseCsv("a,b\\n1"))) instanceof FormatError,
      ]));`);
    expect(isOwn).toEqual([true, true, true]);
  });

  it("reads its Wasm from the file in Node, and from the text where that is not there", () => {
    const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
    try {
      const needed = [
        "package.json",
        "build/node",
        "build/js/chunks",
        "build/wasm",
        "node_modules/@assemblyscript/loader",
      ];
      for (const path of needed) {
        const isKept = (file: string) => !file.endsWith(".wasm");
        cpSync(new URL(path, root), join(folder, path), { recursive: true, filter: isKept });
      }
      const program = `
        import { Sequential, dense } from "simdgrad";
        const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], seed: 1 });
        const { variant } = model.info();
        const unpacked = process.moduleLoadList.some((name) => name.endsWith(" zlib"));
        process.stdout.write(JSON.stringify({ variant, unpacked, output: [...model.predict([[1, 2]])] }));`;
      const here = resultOf(program);
      expect(here).toEqual({ variant: "simd", unpacked: false, output: [expect.any(Number)] });
      expect(resultOf(program, folder)).toEqual({ ...here, unpacked: true });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("imports nothing in its program but itself, its own files and Node", () => {
    const files = paths.filter((path) => /^build\/cli\/.*\.js$/.test(path));
    const imported = files.flatMap((path) =>
      [
        ...readFileSync(new URL(path, root), "utf8").matchAll(
          /\b(?:from|import\(?|require\()\s*["'`]([\w@./:-]+)["'`]/g,
        ),
      ].map(([, from]) => from),
    );
    expect(imported.length).toBeGreaterThan(10);
    const isOwn = (from: string) => /^(?:\.|node:|simdgrad$|simdgrad\/)/.test(from) || isBuiltin(from);
    expect(imported.filter((from) => !isOwn(from))).toEqual([]);
  });

  it("holds no tests, sources, maps or text format, and fits its budget", () => {
    expect(paths.filter((path) => /\.test\.|\.map$|\.wat$|(?<!\.d)\.ts$|\.tsbuildinfo$/.test(path))).toEqual([]);
    expect(size).toBeLessThan(3_380_000); // 0.7 MB of it are the two files for CDNs, 0.5 guides and examples, 0.4 the build for Node
  });
});
