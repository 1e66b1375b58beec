// The entry points of parseCsv and readCsv: text that is not CSV, with the line at fault.
import { mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { csvChunks, parseCsv, sampleCsv } from "../../src/csv/index.js";
import { readCsv } from "../../src/node/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const text = "a,b\n1,2\n";
const csv = (what: string, error: Refusal[1], says: string[], input: unknown, options: object = {}): Refusal => [
  what,
  error,
  ["parseCsv", ...says],
  () => parseCsv(input as never, { delimiter: ",", onWarning: () => {}, ...options } as never),
];
const option = (what: string, says: string[], options: object): Refusal =>
  csv(what, "OptionError", says, text, options);

describeRefusals("parseCsv", [
  csv("nothing", "DataError", ["text, a Uint8Array", "undefined", "Read the file first"], undefined),
  csv("rows", "DataError", ["[1, 2]"], [1, 2]),
  csv("no text", "DataError", ["at least one row of data"], ""),
  csv("blank lines", "DataError", ["at least one row of data"], "\n \n\n"),
  csv("a header alone", "DataError", ["at least one row of data"], "a,b\n"),
  csv("a spreadsheet", "FormatError", ["ZIP archive", "Save the sheet as CSV"], Uint8Array.of(0x50, 0x4b, 3, 4, 20)),
  csv("gzipped bytes", "FormatError", ["gzip", "Decompress"], Uint8Array.of(0x1f, 0x8b, 8, 0)),
  csv("an old spreadsheet", "FormatError", [".xls", "as CSV"], Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1)),
  csv("a Parquet file", "FormatError", ["readParquet(path)"], new TextEncoder().encode("PAR1\x15\x04")),
  csv("JSON", "FormatError", ["It is JSON: JSON.parse(text)"], ' [{"a": 1, "b": "x"}, {"a": 2}]'),
  csv("JSON on lines", "FormatError", ["It is JSON: JSON.parse(text)"], '[\n  {\n  "a": 1\n  }\n]'),
  csv("JSON of columns", "FormatError", ["It is JSON: JSON.parse(text)"], '{\n "rows": 1,\n "columns": {}\n}'),
  csv("JSON before 400 000 empty lines", "FormatError", ["It is JSON"], `{"a": 1}${"\n".repeat(400_000)}x`),
  csv("JSON Lines", "FormatError", ["JSON Lines", "JSON.parse(line)"], '{"a": 1}\r\n{"a": 2}\r\n'),
  csv("a page", "FormatError", ["a page", "Look at it"], "\n<!DOCTYPE html>\n<html>\n<p>404</p>\n"),
  csv("half a character of UTF-16", "FormatError", ["not UTF-16LE", '"utf-16le"'], Uint8Array.of(0xff, 0xfe, 0, 0xd8)),
  csv("UTF-16 decoded as UTF-8", "FormatError", ["line 2", "U+0000", "Pass the bytes"], "a\n\0b\0"),
  csv("bytes that are not UTF-8", "FormatError", ["not UTF-8", "windows-1252"], Uint8Array.of(97, 10, 0xe4)),
  // Not touched, so not in memory.
  csv("bytes that no text can hold", "DataError", ["536870880 bytes", "536870881"], new Uint8Array(2 ** 29 - 31)),
  csv("as an ArrayBuffer", "DataError", ["at most", "536870881", "Split the file"], new ArrayBuffer(2 ** 29 - 31)),
  csv("a row too short", "FormatError", ["line 3: expected 2 cells, got 1"], "a,b\n1,2\n3\n"),
  csv("a row too long", "FormatError", ["line 2: expected 2 cells, got 3", "in quotes"], "a,b\n1,2,3\n"),
  csv("a row after line breaks in cells", "FormatError", ["line 6", "got 1"], 'a,b\n"x\ny",2\n\n3,4\n5\n'),
  csv("a row after Windows line breaks", "FormatError", ["line 4", "got 1"], 'a,b\r\n"x\r\ny",2\r\n5\r\n'),
  csv("a quote never closed, delimiter guessed", "FormatError", ["line 2", "never closed"], 'a;b\n"1;2\n', {
    delimiter: "",
  }),
  csv("a quote never closed", "FormatError", ["line 3", "never closed"], 'a,b\n1,2\n"3,4\n5,6\n'),
  csv("text after a quote", "FormatError", ["line 2", "closing quote", "written twice"], 'a,b\n"1"x,2\n3,4\n'),
  csv("a comment first", "FormatError", ["line 2: expected 1 cell, got 2", 'comment: "#"'], "# by me\na,b\n1,2\n"),
  csv("a comment later", "FormatError", ["line 3", 'comment: "#"'], "a,b\n1,2\n# by me\n"),
  csv("a line that contradicts the option", "FormatError", ["line 1", "sep=;", '","'], "sep=;\na;b\n1;2\n"),
  csv("a wrong guess", "FormatError", ["line 2: expected 1 cell, got 2", "guessed", "delimiter"], "n\n3,14\n", {
    delimiter: "",
    decimal: ",",
  }),
  csv("names for other columns", "FormatError", ["line 1: expected 3 cells, got 2"], text, { header: ["a", "b", "c"] }),
  option("an unknown option", ['mean "delimiter"'], { delimitr: ";" }),
  option("a long delimiter", ["delimiter", '"::"'], { delimiter: "::" }),
  option("a quote as delimiter", ["delimiter", "other than a quote"], { delimiter: '"' }),
  option("a delimiter that is a number", ["delimiter", "got 9"], { delimiter: 9 }),
  option("a header as text", ["header", '"yes"'], { header: "yes" }),
  option("a header of numbers", ["header", "[1, 2]"], { header: [1, 2] }),
  csv("a header with an empty name", "FormatError", ["header", "name 1 is empty"], text, { header: ["a", ""] }),
  csv("a header with a name twice", "FormatError", ["header", "twice"], text, { header: ["a", "a"] }),
  option("missing as text", ["missing", '"NA"'], { missing: "NA" }),
  option("a decimal sign", ["decimal", '";"'], { decimal: ";" }),
  option("one sign for both", ["decimal and delimiter"], { decimal: "," }),
  option("one sign for decimals and thousands", ["decimal and thousands"], { thousands: "." }),
  option("a sign of thousands", ["thousands", '"_"'], { thousands: "_" }),
  option("a comment that is blank", ["comment", '" "'], { comment: " " }),
  option("a comment that is the delimiter", ["comment", '","'], { comment: "," }),
  option("a comment that is a number", ["comment", "got 1"], { comment: 1 }),
  option("warnings to nobody", ["onWarning", "a function", "null"], { onWarning: null }),
]);

async function* pieces(...all: unknown[]) {
  for (const piece of all) yield piece as Uint8Array;
}
const bytes = (content: string) => new TextEncoder().encode(content);
const chunks = (what: string, error: Refusal[1], says: string[], input: () => unknown): Refusal => [
  what,
  error,
  ["csvChunks", ...says],
  async () => {
    for await (const _ of csvChunks(input() as never));
  },
];
const sample = (what: string, error: Refusal[1], says: string[], open: unknown, options: object = {}): Refusal => [
  what,
  error,
  says,
  () => sampleCsv(open as never, options as never),
];

describeRefusals("csvChunks", [
  chunks("nothing", "DataError", ["in pieces", "undefined", "createReadStream(path)"], () => undefined),
  chunks("text", "DataError", ["in pieces", "parseCsv"], () => "a,b\n1,2"),
  chunks("pieces of text", "DataError", ["each a Uint8Array", '"a,b"'], () => pieces("a,b")),
  chunks("no pieces", "DataError", ["a header and rows", "got nothing"], () => pieces()),
  chunks("an empty piece", "DataError", ["got nothing"], () => pieces(new Uint8Array())),
  chunks("a header alone", "DataError", ["at least one row"], () => pieces(bytes("a,b\n"))),
  chunks("JSON", "FormatError", ["csvChunks", "JSON.parse"], () => pieces(new TextEncoder().encode('[{"a": 1}]'))),
  chunks("a spreadsheet", "FormatError", ["ZIP archive"], () => pieces(Uint8Array.of(0x50, 0x4b, 3, 4))),
  chunks("a spreadsheet, byte by byte", "FormatError", ["ZIP archive"], () =>
    pieces(...[0x50, 0x4b, 3, 4, 5, 6, 7, 8, 9].map((byte) => Uint8Array.of(byte))),
  ),
  chunks("bytes that are not UTF-8", "FormatError", ["line 1", "UTF-8"], () =>
    pieces(bytes("a\n"), Uint8Array.of(0xe4, 10)),
  ),
  chunks("half a character at the end", "FormatError", ["UTF-8"], () => pieces(bytes("a\n1\n"), Uint8Array.of(0xe4))),
  chunks("a short row after many", "FormatError", ["line 20002: expected 2 cells, got 1"], () =>
    pieces(bytes("a,b\n"), bytes("1,2345678\n".repeat(20_000)), bytes("3\n")),
  ),
  chunks("an endless row", "FormatError", ["line 2", "more than 16777216 characters", "every quote closed"], () =>
    pieces(bytes('a\n"'), ...new Array(17).fill(bytes("x".repeat(2 ** 20)))),
  ),
]);

let turn = 0;
describeRefusals("sampleCsv", [
  sample("nothing", "OptionError", ["a function that opens", "undefined"], undefined),
  sample("a stream", "OptionError", ["a function that opens", "read twice"], pieces(bytes("a\n1\n"))),
  sample("a function of nothing", "DataError", ["sampleCsv: expected", "in pieces", "undefined"], () => undefined),
  sample("a short row", "FormatError", ["sampleCsv: line 3: expected 2"], () => pieces(bytes("a,b\n1,2\n3\n"))),
  sample("nothing in it", "DataError", ["sampleCsv: expected a header"], () => pieces()),
  sample("JSON", "FormatError", ["sampleCsv: the text"], () => pieces(bytes('[{"a": 1}]'))),
  sample("bytes that are not UTF-8", "FormatError", ["sampleCsv: the bytes"], () =>
    pieces(Uint8Array.of(97, 10, 0xe4)),
  ),
  sample("no rows at most", "OptionError", ["maxRows", "got 0"], () => pieces(bytes("a\n1\n")), { maxRows: 0 }),
  sample("a negative seed", "OptionError", ["seed", "-1"], () => pieces(bytes("a\n1\n")), { seed: -1 }),
  sample("an unknown option", "OptionError", ['mean "maxRows"'], () => pieces(bytes("a\n1\n")), { maxRow: 5 }),
  sample("a file that grows", "DataError", ["other rows", "does not change"], () =>
    pieces(bytes("a\n1\n2\n".repeat(++turn % 2 ? 1 : 2).replace("2\na", "2\n3"))),
  ),
  sample("a file with another header", "DataError", ["other rows"], () =>
    pieces(bytes(`${++turn % 2 ? "a" : "b"}\n1\n`)),
  ),
]);

const folder = mkdtempSync(join(tmpdir(), "simdgrad-csv-"));
writeFileSync(join(folder, "ragged.csv"), "a,b\n1\n");
writeFileSync(join(folder, "header.csv"), "a,b\n");
writeFileSync(join(folder, "huge.csv"), "");
truncateSync(join(folder, "huge.csv"), 2 ** 31); // a hole, not 2 GiB on the disk

describeRefusals("readCsv", [
  ["no path", "OptionError", ["readCsv: path", "undefined"], () => readCsv(undefined as never)],
  ["a file that is not there", "DataError", ["readCsv", "none.csv", "ENOENT"], () => readCsv(join(folder, "none.csv"))],
  ["a folder", "DataError", ["readCsv", "could not be read"], () => readCsv(folder)],
  ["a file of 2 GiB", "DataError", ["huge.csv could not be read", "2 GiB"], () => readCsv(join(folder, "huge.csv"))],
  [
    "a header alone",
    "DataError",
    ["readCsv: ", "header.csv: expected at least one"],
    () => readCsv(join(folder, "header.csv")),
  ],
  ["a ragged file", "FormatError", ["readCsv: ", "ragged.csv: line 2"], () => readCsv(join(folder, "ragged.csv"))],
]);
