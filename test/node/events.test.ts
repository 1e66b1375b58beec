// Records of event files: the bytes that TensorBoard's own writer gives, and its checksum.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c } from "../../src/node/crc32c.js";
import { histogramRecord, scalarRecord, versionRecord } from "../../src/node/events.js";
import { eventsOf } from "../support/readEvents.js";

interface Summary {
  readonly time: number;
  readonly step: number;
  readonly tag: string;
  readonly record: string;
}

const fixture = JSON.parse(readFileSync(new URL("../../fixtures/events.json", import.meta.url), "utf8")) as {
  version: { time: number; record: string }[];
  scalars: (Summary & { value: number })[];
  histograms: (Summary & { values: number[] })[];
};

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

describe("CRC-32C", () => {
  // RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
  it.each([
    ["32 zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 ones", new Uint8Array(32).fill(255), 0x62a8ab43],
    ["0 to 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ["31 to 0", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ["123456789", new TextEncoder().encode("123456789"), 0xe3069283],
    ["nothing", new Uint8Array(), 0],
  ])("of %s", (_, bytes, crc) => {
    expect(crc32c(bytes)).toBe(crc);
  });

  it("is masked as TFRecord says", () => {
    expect(maskedCrc32c(new Uint8Array())).toBe(0xa282ead8);
  });
});

describe("the bytes of TensorBoard's own writer", () => {
  it.each(fixture.version)("version at $time", ({ time, record }) => {
    expect(base64(versionRecord(time))).toBe(record);
  });

  it.each(fixture.scalars)("$tag at step $step: $value", ({ time, step, tag, value, record }) => {
    expect(base64(scalarRecord({ time, step }, tag, value))).toBe(record);
    expect(eventsOf(Buffer.from(record, "base64"))).toEqual([{ time, step, tag, value: Math.fround(value) }]);
  });

  it.each(fixture.histograms)("histogram $tag", ({ time, step, tag, values, record }) => {
    expect(base64(histogramRecord({ time, step }, tag, Float32Array.from(values)))).toBe(record);
    const [{ histogram }] = eventsOf(Buffer.from(record, "base64"));
    expect(histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
  });
});
