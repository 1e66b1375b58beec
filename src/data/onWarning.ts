/** The receiver of warnings about data. */

/** Receives a warning as text. A call that returns a promise waits for what it promises. */
export type OnWarning = (message: string) => unknown;

/** Options of which one may receive warnings. */
interface Warned {
  readonly onWarning?: OnWarning;
}

/**
 * Does work that tells warnings without waiting, then waits for what `onWarning` has promised. Options that are wrong go
 * to `work` as they are, which refuses them.
 * @throws what `work` throws, and else what `onWarning` rejects with
 */
export async function withWarnings<Options extends Warned, Result>(
  options: Options,
  work: (options: Options) => Result | Promise<Result>,
): Promise<Result> {
  const { onWarning } = options ?? {};
  if (typeof options !== "object" || typeof onWarning !== "function") return work(options);
  const promised: Promise<unknown>[] = [];
  const tell: OnWarning = (message) => {
    const promise = Promise.resolve(onWarning(message));
    promise.catch(() => {}); // thrown below
    promised.push(promise);
  };
  const result = await work({ ...options, onWarning: tell });
  await Promise.all(promised);
  return result;
}
