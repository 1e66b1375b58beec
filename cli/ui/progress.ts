/** A bar on the screen of a person; nothing for files and pipes. */
import { SingleBar } from "cli-progress";
import { colorsOf, type Io } from "../io.js";
import { clock } from "./text.js";

const WIDTH = 30;

export interface Progress {
  /** @param share From 0 to 1. @param seconds Time left; `null` if not known. */
  update(share: number, text: string, seconds: number | null): void;
  close(): void;
}

const SILENT: Progress = { update: () => {}, close: () => {} };

export function openProgress(io: Io, isQuiet: boolean): Progress {
  const { stderr, env } = io;
  if (isQuiet || stderr.isTTY !== true || env.TERM === "dumb") return SILENT;
  const colors = colorsOf(stderr, env);
  const bar = new SingleBar({
    format: (_, { progress }, { text, left }: { text: string; left: string }) => {
      const full = Math.round(WIDTH * Math.min(1, progress));
      return `  ${colors.cyan("━".repeat(full))}${colors.dim("─".repeat(WIDTH - full))}  ${text}${colors.dim(left)}`;
    },
    stream: stderr as NodeJS.WriteStream,
    fps: 10,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  });
  let isOpen = false;
  return {
    update(share, text, seconds) {
      const payload = { text, left: seconds === null ? "" : `  ${clock(seconds)} left` };
      if (isOpen) bar.update(share, payload);
      else bar.start(1, share, payload);
      isOpen = true;
    },
    close() {
      if (isOpen) bar.stop();
      isOpen = false;
    },
  };
}
