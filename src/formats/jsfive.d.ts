/** The part of jsfive that `hdf5Read.ts` uses; the package has no types. */
declare module "jsfive" {
  export const File: new (bytes: ArrayBuffer) => object;
}
