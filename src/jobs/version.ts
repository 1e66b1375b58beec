/** The version of this package, which machines that work together must share. */
import { createRequire } from "node:module";

/** The version in package.json. */
export function version(): string {
  return createRequire(import.meta.url)("simdgrad/package.json").version;
}
