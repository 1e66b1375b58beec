/** `npm start`: trains on MNIST and shows what was learned. Options: `npm start -- --help`. */
import { Ending, toEnding } from "./failure.js";
import { catchSignals } from "./interrupt.js";
import { readSettings } from "./options.js";
import { endWithPipe, openTerminal, print, restoreScreen } from "./terminal.js";
import { train } from "./train.js";

endWithPipe();
const settings = readSettings(process.argv);
const terminal = openTerminal();
const interrupt = catchSignals({
  onFirst: () => print(["", "  Stopping … Press Ctrl-C again to quit at once."]),
  onSecond: restoreScreen,
});
try {
  await train(settings, terminal, interrupt);
} catch (error) {
  const ending = toEnding(error);
  const { colors } = openTerminal(process.stderr);
  if (interrupt.signal.aborted && error instanceof Ending) print([`  ${ending.message}`]);
  else process.stderr.write(`${ending.message.replace(/^error:/, colors.red("error:"))}\n`);
  process.exitCode = ending.exitCode;
}
