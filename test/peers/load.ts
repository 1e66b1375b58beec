/** Other libraries, installed in this folder for tests of formats only: the package and its users never need them. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A library of `package.json` beside this file; the caller states the part of its interface that it uses. */
export function loadPeer<Library>(name: string): Library {
  return require(name) as Library;
}
