/** The command line as a function: arguments and streams in, an exit code out. */
import { CommanderError } from "commander";
import { checkShort } from "./arguments.js";
import { OK, toEnding, USAGE } from "./failure.js";
import { colorsOf, type Io } from "./io.js";
import { program } from "./program.js";
import { quoted } from "./ui/shell.js";

/** Runs a command. Errors are a line on `stderr`. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const result = { code: OK };
  try {
    // The demo has options of its own.
    if (argv[0] !== "mnist") checkShort(argv);
    const command = ["npx simdgrad", ...argv.map(quoted)].join(" ");
    await program({ ...io, command }, result).parseAsync([...argv], { from: "user" });
    return result.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? OK : USAGE;
    const { message, exitCode } = toEnding(error);
    io.stderr.write(`${colorsOf(io.stderr, io.env).red("error:")} ${message}\n`);
    return exitCode;
  }
}
