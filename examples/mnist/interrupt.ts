/** Ctrl-C and SIGTERM: the first signal asks the program to stop cleanly, the second ends it at once. */
import { Ending } from "./failure.js";

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

type SignalName = keyof typeof exitCodes;

/** `npm start` may forward the Ctrl-C that the terminal has already sent; a person is slower than this. */
const ECHO_MILLISECONDS = 150;

export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** After a first signal, waits until a second one would end the process even during long work. */
  ready(): Promise<void>;
  /** Lets a pending signal take effect. @throws Ending, with this message, if there was one. */
  check(message: string): Promise<void>;
}

/** Takes over both signals. `onFirst` runs once, after the abort; `onSecond` before the process ends. */
export function catchSignals({ onFirst, onSecond }: { onFirst(): void; onSecond(): void }): Interrupt {
  const controller = new AbortController();
  let first: { name: SignalName; at: number } | null = null;
  let released = Promise.resolve();
  const names = Object.keys(exitCodes) as SignalName[];

  function receive(name: SignalName): void {
    if (!first) {
      first = { name, at: performance.now() };
      released = new Promise((resolve) => setTimeout(resolve, ECHO_MILLISECONDS)).then(release);
      controller.abort();
      onFirst();
    } else if (name !== first.name || performance.now() - first.at > ECHO_MILLISECONDS) {
      onSecond();
      process.exit(exitCodes[name]);
    }
  }

  /** Without listeners, the system ends the process at once. */
  function release(): void {
    for (const name of names) process.off(name, receive);
  }

  for (const name of names) process.on(name, receive);
  return {
    signal: controller.signal,
    ready: () => released,
    async check(message) {
      await new Promise((resolve) => setImmediate(resolve));
      if (first) throw new Ending(message, exitCodes[first.name]);
    },
  };
}
