/** The backend with several threads, or the reason why there is one. Loaded when threads are wanted. */
import type { SelectedBackend } from "./backend.js";
import { cores } from "./cores.js";
import type { Variant } from "./features.js";
import type { ModuleSource } from "./variants.js";

/** Most threads that "auto" starts. At common sizes, more threads would share more waiting than work. */
const MOST_AUTO_THREADS = 8;

/** `single` makes the same backend with one thread, and its reason. */
export async function withMoreThreads(
  wish: "auto" | number,
  single: (threadsReason: string) => SelectedBackend,
  modules: ModuleSource,
): Promise<SelectedBackend> {
  const reason = noThreads();
  if (reason) return single(reason);
  const { info, withThreads } = single("");
  const threaded = `${info.variant}-threads` as Variant;
  if (!modules.has(threaded)) return single(`wasm: no "${threaded}" build was given`);
  const all = cores();
  const threads = wish === "auto" ? Math.min(all, MOST_AUTO_THREADS) : wish;
  if (threads === 1) return single("this machine has one core");
  try {
    const { sharedPool, ThreadedBackend } = await import("./threaded.js");
    const pool = await sharedPool(threads);
    const shared = await modules.load(threaded);
    return {
      info: { ...info, variant: threaded, threads, threadsReason: whyNotMore(threads, all) },
      create: (words, bytes) => new ThreadedBackend(shared, words, bytes, pool, wish === "auto"),
      withThreads,
      ready: () => pool.ready().catch(() => {}),
    };
  } catch (cause) {
    return single(`workers could not start: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function whyNotMore(threads: number, all: number): string {
  if (threads >= all) return "";
  return threads === MOST_AUTO_THREADS ? `"auto" stops at ${MOST_AUTO_THREADS}` : `${threads} were asked for`;
}

function noThreads(): string {
  if (typeof SharedArrayBuffer !== "function") {
    return "there is no SharedArrayBuffer; a page needs cross-origin isolation (COOP and COEP headers) for it";
  }
  if (typeof document === "object") return "a page's main thread may not wait for others; make the model in a worker";
  return "";
}
