/** Messages of the program for errors, and its exit codes. */
import { type NonFiniteError, OptionError, SimdgradError } from "simdgrad";

/** The command line is wrong. */
export const USAGE = 2;

/** Ends the program with a message and a code. */
export class Ending extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** Options that the library rejects are usage errors too; a stack trace is only for bugs. */
export function toEnding(error: unknown): Ending {
  if (error instanceof Ending) return error;
  if (error instanceof OptionError) return new Ending(`error: ${error.message}`, USAGE);
  const isExpected = error instanceof SimdgradError || (error instanceof Error && "syscall" in error);
  if (isExpected) return new Ending(`error: ${error.message}`, 1);
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Ending(`error: this is a bug, please report it.\n${trace}`, 1);
}

/** Epochs and steps counted from 1, as on the screen. */
export function explainNonFinite({ name, message, details }: NonFiniteError): string {
  if (!details) return `error: ${message}`;
  const { epoch, step, tensor, cause } = details;
  const where = `epoch ${epoch + 1}, step ${step + 1}`;
  return `error: ${name} in ${where}: the first values that are not finite are in ${tensor}.\nMost likely ${cause}.`;
}
