/** `init`: programs that repeat the training of a model, and serve it. */
import { access } from "node:fs/promises";
import { join, relative } from "node:path";
import { saveFile } from "simdgrad/node";
import type { TableModel } from "simdgrad/table";
import { failure, OK } from "../failure.js";
import { checkFolder } from "../files/paths.js";
import { readModel } from "../files/tables.js";
import type { Io } from "../io.js";
import { Report } from "../ui/report.js";
import { quoted } from "../ui/shell.js";

export interface InitFlags {
  readonly dir?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The contents that `train` put into the file. */
interface RunFacts {
  readonly data: string;
  readonly options: Readonly<Record<string, unknown>>;
}

function runOf(model: TableModel): RunFacts | null {
  const run = model.metadata?.run as Partial<RunFacts> | undefined;
  const isRun = typeof run?.data === "string" && typeof run.options === "object" && run.options !== null;
  return isRun ? (run as RunFacts) : null;
}

const KEY = /^[A-Za-z_$][\w$]*$/;

/** A value as JavaScript writes it. */
function source(value: unknown, indent = ""): string {
  if (Array.isArray(value)) return `[${value.map((each) => source(each, indent)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const lines = Object.entries(value).map(
    ([key, own]) => `${inner}${KEY.test(key) ? key : JSON.stringify(key)}: ${source(own, inner)},\n`,
  );
  return lines.length === 0 ? "{}" : `{\n${lines.join("")}${indent}}`;
}

function trainProgram({ data, options }: RunFacts, file: string): string {
  return `// Repeats the training of ${JSON.stringify(file)}: node train.js
import { saveFile } from "simdgrad/node";
import { TableModel } from "simdgrad/table";

const model = await TableModel.train(${JSON.stringify(data)}, ${source(options)});
console.log(String(model));
await saveFile(${JSON.stringify(file)}, model.save());
`;
}

/** A row of the model's columns, as an example. */
function exampleRow(model: TableModel): object {
  const values = { number: 1, boolean: true, date: "2024-06-15", hash: "a", text: "some words" } as const;
  const rows = model.columns.map(({ name, type, categories }) => {
    return [name, categories?.[0] ?? (type === "category" ? "a" : values[type])];
  });
  return Object.fromEntries(rows);
}

function serveProgram(model: TableModel, file: string): string {
  const body = JSON.stringify(exampleRow(model));
  return `// Answers over HTTP: node server.js
// ${`curl localhost:3000/predict -d ${JSON.stringify(body)}`.replaceAll("\n", " ")}
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { TableModel } from "simdgrad/table";

const model = await TableModel.load(await readFile(${JSON.stringify(file)}));

createServer(async (request, response) => {
  const answer = (status, value) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  if (request.method !== "POST" || request.url !== "/predict") return answer(404, { error: "POST /predict" });
  try {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) {
      text += chunk;
      if (text.length > 1e6) return answer(413, { error: "too large" });
    }
    answer(200, model.predict(JSON.parse(text)));
  } catch (error) {
    answer(400, { error: error.message });
  }
}).listen(3000, "127.0.0.1", () => console.log("http://127.0.0.1:3000/predict"));
`;
}

export async function init(path: string | undefined, flags: InitFlags, io: Io): Promise<number> {
  const file = path ?? "model.safetensors";
  const { dir = ".", force = false } = flags;
  const report = new Report(io, flags);
  await checkFolder(dir, "--dir");
  const model = await readModel(file);
  const run = runOf(model);
  if (!run)
    throw failure(
      `${file} does not say how it was trained. Train it with npx simdgrad train data.csv --target <column>.`,
    );
  if (run.data === "standard input") {
    throw failure(`${file} was trained on standard input, which a program cannot repeat. Train it on a file.`);
  }
  const from = (name: string) => relative(dir, name).replaceAll("\\", "/") || name;
  const { testData } = run.options;
  const withTest = typeof testData === "string" ? { ...run.options, testData: from(testData) } : run.options;
  const programs = {
    "train.js": trainProgram({ data: from(run.data), options: withTest }, from(file)),
    "server.js": serveProgram(model, from(file)),
  };
  model.dispose();
  const paths = Object.keys(programs).map((name) => join(dir, name));
  for (const each of paths) {
    const isThere = await access(each).then(
      () => true,
      () => false,
    );
    if (isThere && !force)
      throw failure(`${each} is there already. Overwrite it: --force; or choose a folder: --dir app.`);
  }
  for (const [name, text] of Object.entries(programs)) await saveFile(join(dir, name), text);
  report.section("Files", paths);
  report.section("Next", ["npm install simdgrad", `cd ${quoted(dir)}`, "node train.js", "node server.js"]);
  report.line();
  report.line('The programs are ES modules: package.json needs "type": "module".');
  if (flags.json) report.json({ command: "init", model: file, files: paths });
  return OK;
}
