/** The one function of the loader that is used: imported by itself, so that bundlers leave out the others. */
export { instantiateSync } from "@assemblyscript/loader";
