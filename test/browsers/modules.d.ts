/** Made by bundle.ts. */
declare module "tests:loaders" {
  /** Evaluates a test file, by its path below test/. */
  export const loaders: Readonly<Record<string, () => Promise<unknown>>>;
}
