/** Instances of modules. The build of the library for Node has `instanceInNode.ts` in place of this file. */

/** Loads what `newInstance` needs: nothing here, so that pages do not download it. */
export async function openLoader(): Promise<void> {}

/** @throws anything that the engine throws, such as a `RangeError` if there is no memory */
export function newInstance(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
  return new WebAssembly.Instance(module, imports);
}
