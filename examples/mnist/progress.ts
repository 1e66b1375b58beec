/** Display of training: a bar for the running epoch, and a line for each finished one. */
import { type Params, SingleBar } from "cli-progress";
import type { BatchPosition, Callback, Logs } from "simdgrad";
import { clock, count, duration, loss, percent } from "./format.js";
import { INDENT, print, type Terminal } from "./terminal.js";

/** Milliseconds between two updates of the bar; steps in between cost one reading of the clock. */
const REDRAW_MILLISECONDS = 100;

/** The bar leaves room for this, so that it keeps its width as numbers come and go. */
const USUAL_NUMBERS = "  loss 0.1234  accuracy 98.76 %  123,456/s  0:12 left";
const NARROWEST_BAR = 4;
const WIDEST_BAR = 40;

export interface Progress {
  readonly callback: Callback;
  /** Progress of training, from 0 to the number of epochs. */
  epochsDone(): number;
  /** Removes the bar. */
  close(): void;
}

interface Shown {
  epoch: number;
  logs: Logs;
}

export interface ProgressOptions {
  readonly epochs: number;
  /** Images per epoch. */
  readonly rows: number;
  /** Removes the bar on abort. */
  readonly signal: AbortSignal;
}

export function followTraining(terminal: Terminal, { epochs, rows, signal }: ProgressOptions): Progress {
  const { colors } = terminal;
  const began = performance.now();
  let epochBegan = began;
  let lastRedraw = began;
  let last: BatchPosition | null = null;
  const title = (epoch: number) => `Epoch ${String(epoch + 1).padStart(String(epochs).length)}/${epochs}`;
  const numbers = (logs: Logs) => `loss ${loss(logs.loss)}  accuracy ${percent(logs.accuracy)}`;
  const epochsDone = () => (last ? last.epoch + last.rows / rows : 0);

  function format(_: object, { progress, value, maxWidth }: Params, { epoch, logs }: Shown): string {
    const elapsed = performance.now() - epochBegan;
    const left = ((performance.now() - began) / (epoch + progress)) * (epochs - epoch - progress);
    const share = percent(progress, 0).padStart(5);
    const tail = logs.loss === undefined ? "" : `  ${numbers(logs)}`;
    const speed = value > 0 ? `  ${count(value / (elapsed / 1000))}/s  ${clock(left)} left` : "";
    const numberColumns = Math.max(USUAL_NUMBERS.length, tail.length + speed.length);
    const room = maxWidth - INDENT - `${title(epoch)}  `.length - share.length - numberColumns - 1;
    const size = Math.min(WIDEST_BAR, Math.max(NARROWEST_BAR, room));
    const full = Math.round(size * progress);
    const drawn = colors.cyan("━".repeat(full)) + colors.dim("─".repeat(size - full));
    return `${" ".repeat(INDENT)}${title(epoch)}  ${drawn}${share}${tail}${colors.dim(speed)}`;
  }

  const bar = new SingleBar({
    format,
    stream: process.stdout,
    fps: 1000 / REDRAW_MILLISECONDS,
    synchronousUpdate: false,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  });
  const close = () => bar.stop();
  if (terminal.isInteractive) signal.addEventListener("abort", close);

  const callback: Callback = {
    onEpochBegin(epoch) {
      epochBegan = performance.now();
      if (terminal.isInteractive) bar.start(rows, 0, { epoch, logs: {} as Logs } satisfies Shown);
    },
    onBatchEnd(position, logs) {
      last = position;
      if (!terminal.isInteractive || performance.now() - lastRedraw < REDRAW_MILLISECONDS) return;
      lastRedraw = performance.now();
      bar.update(position.rows, { logs: logs() });
    },
    onEpochEnd(epoch, logs) {
      const elapsed = performance.now() - epochBegan;
      close();
      const speed = colors.dim(`${count(rows / (elapsed / 1000))} images/s`);
      print([`${" ".repeat(INDENT)}${title(epoch)}  ${numbers(logs)}  ${duration(elapsed).padStart(6)}  ${speed}`]);
    },
  };
  return { callback, epochsDone, close };
}
