// Mistakes at the command line: a line that says what to do, the right exit code, and nothing written.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dense } from "../../src/index.js";
import { saveModel } from "../../src/node/index.js";
import { Sequential } from "../../src/sequential.js";
import { customers } from "../support/customers.js";
import { run } from "./run.js";

const home = mkdtempSync(join(tmpdir(), "simdgrad-cli-"));
const before = process.cwd();
let server: Server;
let port = 0;

const text = customers(120);
const [header, ...lines] = text.trim().split("\n");
const withRows = (rows: readonly string[]) => `${[header, ...rows].join("\n")}\n`;
const write = (name: string, contents: string | Uint8Array) => writeFileSync(join(home, name), contents);

beforeAll(async () => {
  write("data.csv", text);
  mkdirSync(join(home, "folder"));
  write("empty.csv", "");
  write("header.csv", `${header}\n`);
  write("blank.csv", "\n\n\n");
  write("one.csv", withRows(lines.slice(0, 1)));
  write("few.csv", withRows(lines.slice(0, 6)));
  write("oneClass.csv", withRows(lines.map((line) => line.replace(/,(?:yes|no)$/, ",yes"))));
  write("noTarget.csv", withRows(lines.map((line) => line.replace(/,(?:yes|no)$/, ","))));
  write("allMissing.csv", `a,b,y\n${",,yes\n,,no\n".repeat(30)}`);
  write(
    "ids.csv",
    `id,y\n${Array.from({ length: 60 }, (_, i) => `k${(i * 37) % 61}x,${i % 2 ? "a" : "b"}`).join("\n")}\n`,
  );
  write(
    "binary.csv",
    Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256),
  );
  write("zeros.csv", new Uint8Array(3000));
  write("sheet.csv", Uint8Array.of(0x50, 0x4b, 3, 4, ...new Array(40).fill(7)));
  write("data.csv.gz", gzipSync(text));
  write("latin1.csv", Buffer.from(`name,y\n${"Müller,a\nMeier,b\n".repeat(20)}`, "latin1"));
  write("ragged.csv", withRows([...lines.slice(0, 40), "C-1,2010-01-15,3"]));
  write("quote.csv", withRows([...lines.slice(0, 40), '"C-1,2010-01-15,3,month,1,true,01000,DE,yes']));
  write("other.csv", "length,width\n1,2\n3,4\n");
  write("noHeader.csv", `${lines.join("\n")}\n`);
  write("wide.csv", wide(10_000));
  write("longLine.csv", `${header}\n${"x".repeat(2 ** 24 + 2 ** 20)}\n`);
  write("comment.csv", `# by hand\n${text}`);
  write("text.csv", "some words\nmore, and more, of them\n");
  write("text.safetensors", "not a model at all");
  write("empty.safetensors", "");
  await run([
    "train",
    join(home, "data.csv"),
    "--target",
    "churn",
    "--trials",
    "1",
    "--members",
    "1",
    "-q",
    "-o",
    join(home, "model.safetensors"),
  ]);
  const model = readFileSync(join(home, "model.safetensors"));
  write("truncated.safetensors", model.subarray(0, model.length - 100));
  write("half.safetensors", model.subarray(0, 500));
  const altered = Uint8Array.from(model);
  altered[altered.length - 20] ^= 1;
  write("altered.safetensors", altered);
  write("trailing.safetensors", Buffer.concat([model, Buffer.from("more")]));
  const alone = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
  await saveModel(alone, join(home, "alone.safetensors"));
  alone.dispose();
  const numbers = `a,y\n${Array.from({ length: 60 }, (_, i) => `${(i * 7) % 31},${i * 1.5 + ((i * 13) % 7)}`).join("\n")}\n`;
  write("numbers.csv", numbers);
  await run([
    "train",
    join(home, "numbers.csv"),
    "--target",
    "y",
    "--trials",
    "1",
    "--members",
    "1",
    "-q",
    "-o",
    join(home, "number.safetensors"),
  ]);
  symlinkSync(join(home, "nowhere"), join(home, "broken.csv"));
  write("plan.json", "{}");
  write("train.js", "mine");
  server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  port = (server.address() as { port: number }).port;
  process.chdir(home);
});

afterAll(() => {
  process.chdir(before);
  server.close();
  rmSync(home, { recursive: true, force: true });
});

/** A header of that many columns, and a row that has one cell less. */
function wide(columns: number): string {
  const cells = Array.from({ length: columns }, (_, i) => `c${i}`);
  return `${cells.join()}\n${cells.slice(1).join()}\n`;
}

const churn = ["--target", "churn"];
const quick = [...churn, "--trials", "1", "--members", "1"];

/** What a command reads must not be what it writes. */
const replaced = /would replace ".*"\. Choose another path: (?:-o|--report|--model|the second name)\./;

const mistakes: readonly (readonly [what: string, argv: readonly string[], code: number, says: RegExp])[] = [
  // commands and options
  ["no command", [], 2, /Usage: simdgrad/],
  [
    "an unknown command",
    ["tarin", "data.csv"],
    2,
    /unknown command 'tarin' \(Did you mean train\?\) Help: simdgrad --help/,
  ],
  [
    "an unknown option",
    ["train", "data.csv", "--targt", "churn"],
    2,
    /unknown option '--targt' \(Did you mean --target\?\)/,
  ],
  ["help of an unknown command", ["help", "tarin"], 2, /unknown command 'tarin' \(Did you mean train\?\)/],
  ["help of two commands", ["help", "train", "tune"], 2, /too many arguments for 'help'/],
  [
    "a value for an option that takes none",
    ["train", "data.csv", ...quick, "--balanced=yes"],
    2,
    /--balanced takes no value\. Write --balanced, or leave it out/,
  ],
  [
    "a short option with =",
    ["predict", "model.safetensors", "data.csv", "-o=out.csv"],
    2,
    /expected a space after -o, got "-o=out\.csv"\. Write -o, and its value/,
  ],
  ["a short option with = and without a value", ["train", "data.csv", ...quick, "-q=1"], 2, /a space after -q/],
  ["a missing argument", ["train"], 2, /missing required argument 'data'/],
  ["one argument too many", ["train", "data.csv", "more.csv", ...quick], 2, /too many arguments/],
  ["predict without data", ["predict", "model.safetensors"], 2, /missing required argument 'data'/],
  [
    "an option without its value",
    ["train", "data.csv", "--target"],
    2,
    /option '-t, --target <column>' argument missing/,
  ],
  [
    "an option twice",
    ["train", "data.csv", ...quick, "--target", "tenure"],
    2,
    /--target: expected one value, got "churn" and "tenure"\. Give it once/,
  ],
  [
    "a choice twice",
    ["train", "data.csv", ...quick, "--optimizer", "adam", "--optimizer", "sgd"],
    2,
    /--optimizer: expected one value, got "adam" and "sgd"/,
  ],
  ["an output twice", ["predict", "model.safetensors", "data.csv", "-o", "a", "-o", "b"], 2, /--output: .*"a" and "b"/],
  [
    "names in two options, the first of which are unknown",
    ["train", "data.csv", ...quick, "--exclude", "tenur", "--exclude", "zip"],
    2,
    /--exclude: no column "tenur"/,
  ],
  [
    "no target",
    ["train", "data.csv"],
    2,
    /which column is to be predicted\? Add --target <column>, one of customerID, signup, tenure/,
  ],
  [
    "an unknown target",
    ["train", "data.csv", "--target", "chrun"],
    2,
    /--target: no column "chrun"\. Did you mean "churn"\?/,
  ],
  [
    "an unknown column to exclude",
    ["train", "data.csv", ...quick, "--exclude", "tenur"],
    2,
    /--exclude: no column "tenur"\. Did you mean "tenure"\?/,
  ],
  [
    "an unknown feature",
    ["train", "data.csv", ...quick, "--features", "tenure,contrct"],
    2,
    /--features: no column "contrct"\. Did you mean "contract"\?/,
  ],
  [
    "an unknown column with a type",
    ["train", "data.csv", ...quick, "--type", "zipp=category"],
    2,
    /--type: no column "zipp"\. Did you mean "zip"\?/,
  ],
  [
    "an unknown type",
    ["train", "data.csv", ...quick, "--type", "zip=categry"],
    2,
    /zip: expected one of .*"categry"\. Did you mean "category"\?/,
  ],
  [
    "a type without a column",
    ["train", "data.csv", ...quick, "--type", "category"],
    2,
    /Expected column=type, such as zip=category/,
  ],
  ["an empty name", ["train", "data.csv", ...quick, "--exclude", "a,,b"], 2, /Expected names between commas/],
  [
    "an unknown part of a date",
    ["train", "data.csv", ...quick, "--date-as", "days,yeer"],
    2,
    /--date-as.*"yeer".*Did you mean "year"\?/,
  ],
  [
    "an unknown task",
    ["train", "data.csv", ...quick, "--task", "classify"],
    2,
    /Allowed choices are classification, regression/,
  ],
  [
    "a share in percent",
    ["train", "data.csv", ...quick, "--test", "20%"],
    2,
    /Expected a share such as 0\.2, a number/,
  ],
  [
    "a share with a comma",
    ["train", "data.csv", ...quick, "--test", "0,2"],
    2,
    /Expected a share such as 0\.2, a number/,
  ],
  [
    "one row of two classes",
    ["train", "data.csv", ...quick, "--test", "1"],
    2,
    /^error: --test: expected a row of each of 2 classes .*Put 2 to 118 into the second\./,
  ],
  ["a share above all rows", ["train", "data.csv", ...quick, "--test", "1e9"], 2, /testSize|--test/],
  [
    "a negative share",
    ["train", "data.csv", ...quick, "--test=-1"],
    2,
    /--test: expected a finite number >= 0, got -1/,
  ],
  [
    "a test file that is not there",
    ["train", "data.csv", ...quick, "--test", "datta.csv"],
    1,
    /there is no file "datta\.csv"\. Did you mean "data\.csv"\?/,
  ],
  [
    "a folder as test file",
    ["train", "data.csv", ...quick, "--test", "folder"],
    1,
    /"folder" is a folder\. Give a CSV file, or a share such as 0\.2: --test/,
  ],
  [
    "a test file without the target",
    ["train", "data.csv", ...quick, "--test", "other.csv"],
    2,
    /--test: no column "churn"\. Known: length, width/,
  ],
  [
    "a test file whose targets are missing",
    ["train", "data.csv", ...quick, "--test", "noTarget.csv"],
    1,
    /--test: expected at least one row with a churn, got none/,
  ],
  [
    "nine rows at most",
    ["train", "data.csv", ...quick, "--max-rows", "9"],
    2,
    /Expected an integer from 10 to 2147483648/,
  ],
  [
    "a page about evaluated rows in a folder",
    ["evaluate", "model.safetensors", "data.csv", "--report", "folder"],
    1,
    /"folder" is not a file\. Name the file to write: --report folder\/report\.html/,
  ],
  ["layers that are words", ["train", "data.csv", ...quick, "--hidden", "64,big"], 2, /such as 64,32, or linear/],
  ["no epochs", ["train", "data.csv", ...quick, "--epochs", "0"], 2, /Expected an integer from 1 to 1000000/],
  [
    "an unknown optimizer",
    ["train", "data.csv", ...quick, "--optimizer", "adma"],
    2,
    /Allowed choices are adam, adamw/,
  ],
  ["an unknown filling", ["train", "data.csv", ...quick, "--missing", "zero"], 2, /Allowed choices are median, mean/],
  ["no time", ["train", "data.csv", ...churn, "--seconds", "0"], 2, /--seconds: expected a finite number > 0/],
  ["no trials", ["train", "data.csv", ...churn, "--trials", "0"], 2, /Expected an integer from 1 to 1000/],
  ["no members", ["train", "data.csv", ...churn, "--members", "0"], 2, /Expected an integer from 1 to 20/],
  ["a seed below 0", ["train", "data.csv", ...quick, "--seed=-1"], 2, /Expected an integer from 0/],
  ["half a thread", ["train", "data.csv", ...quick, "--threads", "0.5"], 2, /Expected an integer from 1 to 256/],
  [
    "an unknown positive class",
    ["train", "data.csv", ...quick, "--positive", "maybe"],
    2,
    /--positive: expected one of "no", "yes", got "maybe"/,
  ],
  ["a threshold above 1", ["train", "data.csv", ...quick, "--threshold", "1.5"], 2, /--threshold: expected .*got 1\.5/],
  [
    "an unknown threshold",
    ["train", "data.csv", ...quick, "--threshold", "f2"],
    2,
    /'f2' is invalid\. Expected a number such as 0\.4, or f1/,
  ],
  [
    "weights of classes for numbers",
    ["train", "numbers.csv", "--target", "y", "--trials", "1", "--balanced"],
    2,
    /--balanced: the target is a number/,
  ],
  [
    "the target among the excluded",
    ["train", "data.csv", ...quick, "--exclude", "churn"],
    2,
    /--exclude: "churn" is the target/,
  ],
  [
    "the target as a feature",
    ["train", "data.csv", ...quick, "--features", "churn,tenure"],
    2,
    /"churn" is the target/,
  ],
  // tables
  [
    "a file that is not there",
    ["train", "dta.csv", ...quick],
    1,
    /there is no file "dta\.csv"\. Did you mean "data\.csv"\?/,
  ],
  [
    "a folder that is not there",
    ["train", "no/such/data.csv", ...quick],
    1,
    /there is no file "no\/such\/data\.csv"\. Check the path/,
  ],
  ["a folder", ["train", "folder", ...quick], 1, /"folder" is a folder\. Give a CSV file/],
  ["a link to nothing", ["train", "broken.csv", ...quick], 1, /there is no file "broken\.csv"/],
  [
    "an empty file",
    ["train", "empty.csv", ...quick],
    1,
    /empty\.csv is empty\. Give a CSV file with a header and rows/,
  ],
  [
    "a header alone",
    ["train", "header.csv", ...quick],
    1,
    /header\.csv: expected at least one row of data, got none\. Is it a header alone\?/,
  ],
  ["blank lines alone", ["train", "blank.csv", ...quick], 1, /blank\.csv: expected at least one row/],
  ["one row", ["train", "one.csv", ...quick], 1, /expected at least 10 rows with a target, got 1\. Add rows/],
  ["six rows", ["train", "few.csv", ...quick], 1, /expected at least 10 rows with a target, got 6/],
  [
    "one class",
    ["train", "oneClass.csv", ...quick],
    1,
    /expected at least two classes, got only "yes"\. Choose another target/,
  ],
  ["a target without values", ["train", "noTarget.csv", ...quick], 1, /expected at least 10 rows with a target, got 0/],
  [
    "columns without values",
    ["train", "allMissing.csv", "--target", "y"],
    1,
    /no column is left to learn from \(a: every cell is missing; b: every cell is missing\)/,
  ],
  [
    "an identifier alone",
    ["train", "ids.csv", "--target", "y"],
    1,
    /no column is left to learn from \(id: all 60 values differ\)\. Name some: --features/,
  ],
  [
    "words for a number",
    ["train", "data.csv", ...quick, "-q", "--type", "contract=number"],
    1,
    /Leave it out: --exclude\./,
  ],
  ["a comment first", ["train", "comment.csv", ...quick, "-q"], 1, /line 2: .*If the line is a comment, delete it\./],
  ["commas within one column", ["train", "text.csv", ...quick], 1, /guessed; .* into a first line: sep=;/],
  ["bytes that are not text", ["train", "binary.csv", ...quick], 1, /binary\.csv: /],
  ["zeros", ["train", "zeros.csv", ...quick], 1, /zeros\.csv: /],
  [
    "a spreadsheet",
    ["train", "sheet.csv", ...quick],
    1,
    /sheet\.csv: the bytes are not text\. They are a ZIP archive, as spreadsheets .*Save the sheet as CSV/,
  ],
  ["a compressed file", ["train", "data.csv.gz", ...quick], 1, /compressed by gzip\. Decompress/],
  ["another encoding", ["train", "latin1.csv", "--target", "y"], 1, /latin1\.csv: the bytes are not UTF-8/],
  ["a row with too few cells", ["train", "ragged.csv", ...quick], 1, /ragged\.csv: line 42: expected 9 cells, got 3/],
  [
    "a quote that is not closed",
    ["train", "quote.csv", ...quick],
    1,
    /quote\.csv: line 42: a quote is opened and never closed/,
  ],
  [
    "10 000 columns, and a cell too few",
    ["train", "wide.csv", "--target", "c1"],
    1,
    /wide\.csv: line 2: expected 10000 cells, got 9999/,
  ],
  ["text as numbers", ["train", "data.csv", ...quick, "--task", "regression"], 1, /churn.*"(?:yes|no)"/],
  ["standard input that is empty", ["train", "-", ...quick], 1, /standard input is empty/],
  // outputs
  [
    "a folder as output",
    ["train", "data.csv", ...quick, "-o", "folder"],
    1,
    /"folder" is not a file\. Name the file to write: -o folder\/model\.safetensors/,
  ],
  [
    "a folder as report",
    ["train", "data.csv", ...quick, "--report", "folder"],
    1,
    /Name the file to write: --report folder\/report\.html/,
  ],
  [
    "a report below a file",
    ["train", "data.csv", ...quick, "--report", "data.csv/report.html"],
    1,
    /"data\.csv\/report\.html" cannot be written: \S*data\.csv is not a folder\. Choose another path: --report/,
  ],
  [
    "a model below a file",
    ["convert", "model.safetensors", "data.csv/deep/m.onnx"],
    1,
    /"data\.csv\/deep\/m\.onnx" cannot be written: \S*data\.csv is not a folder/,
  ],
  ...[
    ["init", "model.safetensors", "--dir"],
    ["handover", "model.safetensors", "--to", "torch", "--out"],
    ["convert", "model.safetensors", "--to", "tfjs"],
    ["predict", "model.safetensors", "data.csv", "--out"],
  ].map((argv): (typeof mistakes)[number] => [
    `a folder below a file: ${argv[0]}`,
    [...argv, "data.csv/sub/deep"],
    1,
    /"data\.csv\/sub\/deep" cannot be made: data\.csv is a file\. Name a folder, one that is there or a new one: /,
  ]),
  [
    "other options beside a template",
    ["plan", "--template", "slurm", "--grid", "alpha=1"],
    2,
    /--template prints a script.*Leave out --grid/,
  ],
  ["an output of a template", ["plan", "--template", "slurm", "-o", "x.sh"], 2, /Leave out --output/],
  [
    "a prefix of a model",
    ["convert", "model.safetensors", "m.onnx", "--prefix", "a"],
    2,
    /--prefix is for c, not for onnx/,
  ],
  ["a title of a header", ["export", "model.safetensors", "m.h", "--title", "a"], 2, /--title is for page, not for c/],
  ["no name as output", ["train", "data.csv", ...quick, "-o", ""], 2, /--output: expected a value, got ""\. Give one/],
  [
    "standard output for a model",
    ["train", "data.csv", ...quick, "-o", "-"],
    2,
    /-o: expected .*got "-"\. Name one: -o m/,
  ],
  [
    "standard output for a page",
    ["evaluate", "model.safetensors", "data.csv", "--report", "-"],
    2,
    /--report: expected .*got "-"\. Name one: --report report\.html/,
  ],
  [
    "a new folder as output",
    ["train", "data.csv", ...quick, "-o", "new/"],
    1,
    /"new\/" is not a file\. Name the file to write: -o new\/model\.safetensors/,
  ],
  [
    "a device as output",
    ["predict", "model.safetensors", "data.csv", "-o", "/dev/null"],
    1,
    /"\/dev\/null" is a device or a pipe, not a file\. Choose another path: -o/,
  ],
  ["the data as output", ["train", "data.csv", ...quick, "-o", "./data.csv"], 2, replaced],
  ["the data as output of tune", ["tune", "data.csv", ...quick, "-o", "folder/../data.csv"], 2, replaced],
  ["the test data as output", ["train", "data.csv", ...quick, "--test", "few.csv", "-o", "few.csv"], 2, replaced],
  ["the data as report", ["train", "data.csv", ...quick, "--report", "data.csv"], 2, replaced],
  ["the new model as report", ["train", "data.csv", ...quick, "-o", "new.html", "--report", "./new.html"], 2, replaced],
  ["the data as output of predict", ["predict", "model.safetensors", "data.csv", "-o", "data.csv"], 2, replaced],
  [
    "the model as output of predict",
    ["predict", "model.safetensors", "data.csv", "-o", "model.safetensors"],
    2,
    replaced,
  ],
  [
    "the data as report of evaluate",
    ["evaluate", "model.safetensors", "data.csv", "--report", "data.csv"],
    2,
    replaced,
  ],
  ["the plan as model", ["gather", "plan.json", "--out", "folder", "--model", "./plan.json"], 2, replaced],
  ["the data as plan", ["plan", "data.csv", "--target", "churn", "-o", "data.csv"], 2, replaced],
  ["a model as what it is converted to", ["convert", "model.safetensors", "./model.safetensors"], 2, replaced],
  [
    "an output in a file",
    ["train", "data.csv", ...quick, "-o", "data.csv/model.safetensors"],
    1,
    /cannot be written.*Choose another path: -o/,
  ],
  [
    "an output of predict in a file",
    ["predict", "model.safetensors", "data.csv", "-o", "data.csv/out.csv"],
    1,
    /cannot be written/,
  ],
  // models
  [
    "a model that is not there",
    ["predict", "modle.safetensors", "data.csv"],
    1,
    /there is no file "modle\.safetensors"\. Did you mean "model\.safetensors"\?/,
  ],
  ["a folder as model", ["predict", "folder", "data.csv"], 1, /"folder" is a folder\. Give the file of a model/],
  [
    "text as model",
    ["predict", "text.safetensors", "data.csv"],
    1,
    /text\.safetensors is not a table model that can be used: /,
  ],
  ["an empty model", ["predict", "empty.safetensors", "data.csv"], 1, /empty\.safetensors is not a table model/],
  [
    "a truncated model",
    ["predict", "truncated.safetensors", "data.csv"],
    1,
    /truncated\.safetensors is not a table model that can be used: .*truncated/,
  ],
  ["half a model", ["evaluate", "half.safetensors", "data.csv"], 1, /half\.safetensors is not a table model/],
  [
    "an altered model",
    ["inspect", "altered.safetensors"],
    1,
    /altered\.safetensors is not a table model that can be used: .*altered/,
  ],
  [
    "a model with more after it",
    ["predict", "trailing.safetensors", "data.csv"],
    1,
    /trailing\.safetensors is not a table model/,
  ],
  [
    "a network without a table",
    ["predict", "alone.safetensors", "data.csv"],
    1,
    /got that of a model alone.*npx simdgrad train/,
  ],
  ["a table as model", ["predict", "data.csv", "model.safetensors"], 1, /data\.csv is not a table model/],
  // predictions
  [
    "another table",
    ["predict", "model.safetensors", "other.csv"],
    2,
    /other\.csv has none of the columns that the model reads: signup, tenure/,
  ],
  [
    "a table without a header",
    ["predict", "model.safetensors", "noHeader.csv"],
    2,
    /has none of the columns .*without a header\?/,
  ],
  ["an empty table", ["predict", "model.safetensors", "empty.csv"], 1, /empty\.csv: the file is empty/],
  [
    "a header alone to predict",
    ["predict", "model.safetensors", "header.csv"],
    1,
    /header\.csv: expected at least one row/,
  ],
  [
    "a short row to predict",
    ["predict", "model.safetensors", "ragged.csv"],
    1,
    /ragged\.csv: line 42: expected 9 cells, got 3/,
  ],
  [
    "an open quote to predict",
    ["predict", "model.safetensors", "quote.csv"],
    1,
    /quote\.csv: line 42: a quote is opened/,
  ],
  [
    "a very long line",
    ["predict", "model.safetensors", "longLine.csv"],
    1,
    /longLine\.csv: the row of line 2 has more than 16,777,216 characters\. Is it a CSV file/,
  ],
  ["bytes to predict", ["predict", "model.safetensors", "binary.csv"], 1, /binary\.csv: /],
  ["a spreadsheet to predict", ["predict", "model.safetensors", "sheet.csv"], 1, /ZIP archive/],
  [
    "another encoding to predict",
    ["predict", "model.safetensors", "latin1.csv"],
    1,
    /latin1\.csv: the bytes after line 1 are not UTF-8\. Save the file as CSV in UTF-8/,
  ],
  ["an empty standard input", ["predict", "model.safetensors", "-"], 1, /standard input: the file is empty/],
  [
    "gaps with --strict",
    ["predict", "model.safetensors", "data.csv", "--strict"],
    1,
    /data\.csv, row 4: tenure: no value.*Without --strict/,
  ],
  [
    "two forms of output",
    ["predict", "model.safetensors", "data.csv", "--json", "--jsonl"],
    2,
    /--json and --jsonl: give one of them/,
  ],
  [
    "a threshold of 0",
    ["predict", "model.safetensors", "data.csv", "--threshold", "0"],
    2,
    /--threshold: expected a finite number > 0 and < 1, got 0/,
  ],
  [
    "a threshold for numbers",
    ["predict", "number.safetensors", "numbers.csv", "--threshold", "0.4"],
    2,
    /--threshold is for models of two classes/,
  ],
  [
    "rows without the target",
    ["evaluate", "model.safetensors", "other.csv"],
    2,
    /other\.csv has no column "churn", which the model predicts/,
  ],
  ["targets that are missing", ["evaluate", "model.safetensors", "noTarget.csv"], 2, /no row has a churn/],
  // the rest
  ["inspect of nothing", ["inspect", "nothing.csv"], 1, /there is no file "nothing\.csv"/],
  ["inspect of an empty file", ["inspect", "empty.csv"], 1, /empty\.csv is empty/],
  ["init over files", ["init", "model.safetensors"], 1, /train\.js is there already\. Overwrite it: --force/],
  ["init without a model", ["init", "none.safetensors"], 1, /there is no file "none\.safetensors"/],
  [
    "no host, which is all",
    ["serve", "model.safetensors", "--host", ""],
    2,
    /--host: expected a value, got ""\. Give one/,
  ],
  ["no data", ["train", "", ...quick], 2, /<data>: expected the path of a file, got ""/],
  ["no file to convert to", ["convert", "model.safetensors", ""], 2, /<output>: expected the path of a file, got ""/],
  [
    "a file for programs",
    ["init", "model.safetensors", "--dir", "data.csv"],
    1,
    /"data\.csv" is a file\. Name a folder.*--dir/,
  ],
  [
    "a file for parts",
    ["predict", "model.safetensors", "few.csv", "--out", "one.csv"],
    1,
    /is a file\. Name a folder.*--out/,
  ],
  [
    "a table for a script",
    ["plan", "data.csv", ...churn, "--template", "slurm"],
    2,
    /--template prints .*Leave out "data\.csv"/,
  ],
  ["an unknown port", ["serve", "model.safetensors", "--port", "99999"], 2, /Expected an integer from 0 to 65535/],
  ["an unknown size", ["serve", "model.safetensors", "--limit", "big"], 2, /Expected a size such as 1mb/],
  ["a rate of 0", ["serve", "model.safetensors", "--rate", "0"], 2, /Expected an integer from 1/],
  [
    "a host of another machine",
    ["serve", "model.safetensors", "--host", "203.0.113.7"],
    1,
    /"203\.0\.113\.7" is not an address of this machine/,
  ],
  ["serve without a model", ["serve", "none.safetensors"], 1, /there is no file/],
  ["time below 0", ["bench", "--seconds", "-1"], 2, /--seconds: expected a number > 0, got -1/],
  ["time that is text", ["bench", "--seconds", "long"], 2, /Expected a number/],
];

describe("a mistake", () => {
  it.each(mistakes)("%s", async (_, argv, code, says) => {
    const there = readdirSync(home).sort();
    const result = await run(argv);
    expect(result.err).toMatch(says);
    expect(result.code).toBe(code);
    if (argv.length > 0) expect(result.err.trim().split("\n")).toHaveLength(1);
    expect(result.err).not.toContain("this is a bug");
    expect(readdirSync(home).sort()).toEqual(there);
  });

  it("a port that is taken", async () => {
    const { code, err } = await run(["serve", "model.safetensors", "--port", String(port)]);
    expect([code, err]).toEqual([
      1,
      `error: port ${port} is taken. Choose another: --port ${port + 1}, or --port 0 for a free one.\n`,
    ]);
  });

  it("after the work has begun leaves the old output as it was", async () => {
    cpSync("data.csv", "kept.csv");
    write("late.csv", withRows([...Array.from({ length: 400 }, () => lines).flat(), "C-1,2010-01-15,3"]));
    const { code, err } = await run(["predict", "model.safetensors", "late.csv", "-o", "kept.csv"]);
    expect([code, err]).toEqual([1, expect.stringContaining("late.csv: line 48,002: expected 9 cells, got 3")]);
    expect(readFileSync("kept.csv", "utf8")).toBe(text);
    expect(readdirSync(home).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
