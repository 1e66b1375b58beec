/** `npm run wat -- [target]`: the readable text of a Wasm build, into build/wasm/, for a look at the code. */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { entryOf } from "./compileWasm.mjs";

const target = process.argv[2] ?? "simd";
const file = `build/wasm/${target}.wat`;
mkdirSync("build/wasm", { recursive: true });
const { error, stderr } = await asc.main([
  entryOf(target),
  ...["--config", "asconfig.json", "--target", target, "--textFile", file],
  // Not over the binary that Node reads, which has a mark of its sources.
  ...["--outFile", join(tmpdir(), `${target}.wasm`)],
]);
if (error) {
  console.error(stderr.toString() || error.message);
  process.exit(1);
}
console.log(file);
