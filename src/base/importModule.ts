/** Imports a module that the caller names. The text of workers has another of these, as not all of them can import. */

/** The exports of the module at a URL. Bundlers leave it to the engine. */
export function importModule(url: string): Promise<Record<string, unknown>> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ url);
}
