/** The output of a command for a person: on stdout, unless stdout is for data. */
import { colorsOf, type Io } from "../io.js";
import { section } from "./text.js";

export interface SayOptions {
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export class Report {
  readonly #io: Io;
  readonly #isSilent: boolean;
  readonly #isQuiet: boolean;
  readonly colors;

  constructor(io: Io, { quiet = false, json = false }: SayOptions) {
    this.#io = io;
    this.#isQuiet = quiet;
    this.#isSilent = quiet || json;
    this.colors = colorsOf(io.stdout, io.env);
  }

  line(text = ""): void {
    if (!this.#isSilent) this.#io.stdout.write(`${text}\n`);
  }

  section(title: string, lines: readonly string[]): void {
    if (!this.#isSilent && lines.length > 0) this.#io.stdout.write(section(this.colors, title, lines));
  }

  /** To stderr, also where stdout is for JSON. */
  warn(text: string): void {
    if (this.#isQuiet) return;
    this.#io.stderr.write(`${colorsOf(this.#io.stderr, this.#io.env).yellow("warning:")} ${text}\n`);
  }

  /** The one object of `--json`. */
  json(value: object): void {
    this.#io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }
}
