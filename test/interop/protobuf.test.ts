// Protocol buffers: the bytes that the specification gives, round trips, and refusals of files that lie.
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/base/errors.js";
import { decodeMessage, encodeMessage, many, one } from "../../src/formats/protobuf.js";

const inner = { a: one(1, "int") };
const table = {
  count: one(1, "int"),
  label: one(2, "text"),
  part: one(3, inner),
  list: many(4, "int"),
  parts: many(5, inner),
  f: one(6, "float"),
  d: one(7, "double"),
  floats: many(8, "float"),
  blob: one(9, "bytes"),
  labels: many(10, "text"),
};
const empty = { list: [], parts: [], floats: [], labels: [] };
const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const decode = (hex: string) => decodeMessage("read", table, bytes(hex));

describe("a message", () => {
  // The first four are the examples of the encoding's own documentation.
  it.each([
    ["089601", { count: 150 }],
    ["120774657374696e67", { label: "testing" }],
    ["1a03089601", { part: { a: 150 } }],
    ["2206038e029ea705", { list: [3, 270, 86942] }],
    ["08ffffffffffffffffff01", { count: -1 }],
    ["2a0208012a00", { parts: [{ a: 1 }, {}] }],
    ["350000c03f", { f: 1.5 }],
    ["39000000000000f8bf", { d: -1.5 }],
    ["42080000803f000000c0", { floats: [1, -2] }],
    ["4a0201ff", { blob: Uint8Array.of(1, 255) }],
    ["520161520162", { labels: ["a", "b"] }],
    ["0880808080808080808001", { count: -(2 ** 63) }],
    ["08ffffffffffffffff7f", { count: 2 ** 63 }],
  ])("%s", (hex, message) => {
    expect(decode(hex)).toEqual({ ...empty, ...message });
    if (!("count" in message && Math.abs(message.count) > Number.MAX_SAFE_INTEGER)) {
      expect(encodeMessage("write", table, message)).toEqual(bytes(hex));
    }
  });

  it("may repeat numbers one by one, in any order, and hold fields of others", () => {
    expect(decode("2003089601208e02")).toEqual({ ...empty, list: [3, 270], count: 150 });
    expect(decode("f8070192080203049d0800000000910800000000000000000801")).toEqual({ ...empty, count: 1 });
  });

  it.each([
    ["08", "a number without end at byte 1"],
    ["08ffffffffffffffffffff01", "a number without end at byte 1"],
    ["1205746573", "a field of 5 bytes, where 3 are left, at byte 1"],
    ["12ffffffff7f74", "a field of 34359738367 bytes"],
    ["12ffffffffffffffffff0174", "a field of -1 bytes"],
    ["0b", "a field of the unknown wire type 3"],
    ["0000", "a field without a number at byte 0"],
    ["1001", "the field label in the wire type 0, not 2, at byte 1"],
    ["0a0101", "the field count in the wire type 2, not 0, at byte 1"],
    ["1201ff", "text that is not UTF-8 at byte 2"],
    ["1a0208", "a field of 2 bytes, where 1 are left,"],
    ["4203000080", "a field of 4 bytes, where 3 are left, at byte 2"],
    ["2201ff", "a number without end at byte 2"],
  ])("%s is refused", (hex, text) => {
    expect(() => decode(hex)).toThrow(FormatError);
    expect(() => decode(hex)).toThrow(`read: ${text}`);
  });

  it("has no more parts than its size allows", () => {
    expect(() => decode("2a00".repeat(5000))).toThrow("read: the file has too many parts for its size.");
  });
});
