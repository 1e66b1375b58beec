/** Waits for the caller's code, which may never answer. Disposing of the model ends them. Loaded with the first of them. */
import type { FitHost } from "./parts.js";

/**
 * The result of `work`, unless the model is disposed of before.
 * @throws the error of `work`; BackendError as soon as the model is disposed of
 */
export function whileUsable<T>(
  host: Pick<FitHost, "disposal" | "checkUsable">,
  where: string,
  work: T | PromiseLike<T>,
): Promise<T> {
  host.disposal ??= new AbortController();
  const { signal } = host.disposal;
  return new Promise((resolve, reject) => {
    const check = () => {
      try {
        host.checkUsable(where);
      } catch (error) {
        reject(error);
      }
    };
    check();
    signal.addEventListener("abort", check);
    const done = () => signal.removeEventListener("abort", check);
    Promise.resolve(work).then(resolve, reject).finally(done);
  });
}
