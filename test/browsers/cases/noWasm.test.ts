/** A page whose policy, script-src 'self', forbids WebAssembly. */
import { expect, it } from "vitest";
import { BackendError } from "../../../src/index.js";
import { trainedHash } from "../trained.js";

it("the error names the directive that is missing, and the page lives on", async () => {
  const refusal = await trainedHash().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(BackendError);
  expect((refusal as Error).message).toContain("allow script-src 'wasm-unsafe-eval'");
});

it("the reference backend trains", async () => {
  const { model } = await trainedHash({ backend: "reference" });
  expect(model.info().backend).toBe("reference");
});
