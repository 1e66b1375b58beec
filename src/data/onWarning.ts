/** The receiver of warnings: calls that return a promise wait for it; its errors elsewhere go to the console. */

/**
 * Receives a warning as text. A call that returns a promise waits for what it promises, and throws its error. Where
 * there is no such call, the console is told of the error, and of the warning.
 */
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

/** For calls that return no promise: they throw what `onWarning` throws, and the console is told of a rejection. */
export function forSyncCalls(onWarning: OnWarning): OnWarning {
  return (message) => {
    Promise.resolve(onWarning(message)).catch((error) => tellOf(error, message));
  };
}

/** For events, which belong to no call: the console is told of every error of `onWarning`. */
export function forEvents(onWarning: OnWarning): OnWarning {
  return (message) => {
    new Promise((resolve) => resolve(onWarning(message))).catch((error) => tellOf(error, message));
  };
}

function tellOf(error: unknown, message: string): void {
  console.error(`onWarning: its error is not that of a call: ${error}. The warning was: ${message}`);
}
