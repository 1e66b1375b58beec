/** The only function of the loader in use, imported by itself so that bundlers omit the others. */
export { instantiateSync } from "@assemblyscript/loader";
