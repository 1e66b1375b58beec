/** A command's view of the world: streams, environment, and the wish that it stop. */
import type { Readable } from "node:stream";
import pc from "picocolors";

/** A stream that a command writes to. */
export interface Output {
  write(text: string, done?: (error?: Error | null) => void): boolean;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The streams of a process, or others in their place. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The command line, as one would type it. */
  readonly command?: string;
}

/** Colours text, or leaves it as it is. */
export type Colors = ReturnType<typeof pc.createColors>;

/** True if lines may hold escape codes, as https://no-color.org and FORCE_COLOR say. */
function hasColors({ isTTY }: Output, { NO_COLOR, FORCE_COLOR, TERM }: Io["env"]): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTTY === true && TERM !== "dumb";
}

export function colorsOf(stream: Output, env: Io["env"]): Colors {
  return pc.createColors(hasColors(stream, env));
}

/** Writes text, and waits until the stream has taken it. */
export function writeAll(stream: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
