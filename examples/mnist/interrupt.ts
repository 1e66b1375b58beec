/** Ctrl-C and SIGTERM: the first asks the program to stop in good order, the second ends it at once. */
import { Ending } from "./failure.js";

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

type SignalName = keyof typeof exitCodes;

/** `npm start` may pass on the Ctrl-C that the terminal has sent already; a person is slower than this. */
const ECHO_MILLISECONDS = 150;

export interface Interrupt {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** After a first signal: waits until a second one would end the process even in the middle of long work. */
  ready(): Promise<void>;
  /** Lets a waiting signal in. @throws Ending, with this message, when one has come. */
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

  /** Nobody listens any more, so the system ends the process without asking. */
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
