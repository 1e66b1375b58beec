/** The 128-bit peak of this machine in this engine, to express a kernel's rate as a share of it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * GFLOP/s of one thread, as this engine compiles a chain of multiply-adds; `relaxed` is absent if it has no relaxed
 * SIMD. A kernel that happens to compile better may come out a little above 100 %.
 */
export interface Peak {
  strict: number;
  relaxed?: number;
}

/**
 * Measures in a process of its own. The AssemblyScript compiler grows a memory, which detaches its ArrayBuffer, and
 * after the first detached buffer V8 checks for more of them at every typed-array access: plain JavaScript would be
 * 20 % slower for the rest of the process. The compiler's own Wasm also keeps the engine's background compilation
 * busy, so the child asks for optimised code from the start.
 */
export async function measurePeak(): Promise<Peak> {
  const script = fileURLToPath(new URL("./peakProcess.ts", import.meta.url));
  const child = fork(script, { execArgv: [...process.execArgv, "--no-liftoff"] });
  const exit = once(child, "exit").then(([code]) => Promise.reject(new Error(`peak: the process ended with ${code}.`)));
  const [peak] = (await Promise.race([once(child, "message"), exit])) as [Peak];
  exit.catch(() => {}); // It ends after its message, and by then nobody waits.
  return peak;
}
