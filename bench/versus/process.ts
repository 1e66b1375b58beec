/** A rival's process: takes commands as JSON lines and gives one answer to each, within a time limit. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Time limit of an answer, in milliseconds. */
const LIMIT = 120_000;

export interface Opened {
  version: string;
  /** Reason why it does not offer the task; empty if it does. */
  refuses: string;
  note: string;
  ownWeights: boolean;
  variant: string;
  canTrain: boolean;
}

type Answer = Record<string, unknown>;

export class RivalProcess {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #stderr = "";
  #ended = "";

  constructor([program, ...args]: readonly string[]) {
    // One thread for the libraries that NumPy and PyTorch compute with.
    const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
    this.#child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child.on("error", (error) => this.#fail(error.message));
    this.#child.on("exit", (code, signal) => {
      const lines = this.#stderr.split("\n").map((line) => line.trim());
      const message = lines.findLast((line) => /\w*(Error|error|not found)\b.*:/.test(line)) ?? "";
      this.#fail(message || `the process ended with ${signal ?? code}`);
    });
    this.#child.stdin?.on("error", () => {}); // reported by exit
    this.#child.stderr?.on("data", (text) => {
      this.#stderr = (this.#stderr + text).slice(-10_000);
    });
    if (!this.#child.stdout) return;
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) this.#waiting.shift()?.resolve(JSON.parse(line));
    });
  }

  async open(options: object): Promise<Opened> {
    return (await this.#ask({ command: "open", ...options })) as unknown as Opened;
  }

  /** Milliseconds for `steps` optimizer steps. */
  async train(steps: number): Promise<number> {
    return (await this.#ask({ command: "train", steps })).milliseconds as number;
  }

  /** Milliseconds for `times` predictions of `rows` rows. */
  async predict(rows: number, times: number): Promise<number> {
    return (await this.#ask({ command: "predict", rows, times })).milliseconds as number;
  }

  /** Its predictions for the first rows. */
  async outputs(rows: number): Promise<number[]> {
    return (await this.#ask({ command: "outputs", rows })).values as number[];
  }

  close(): void {
    this.#child.kill();
  }

  #fail(message: string): void {
    this.#ended = message;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(message));
  }

  async #ask(command: object): Promise<Answer> {
    if (this.#ended) throw new Error(this.#ended);
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      timer = setTimeout(() => reject(new Error(`no answer in ${LIMIT / 1000} s`)), LIMIT);
      this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    }).finally(() => clearTimeout(timer));
    if (typeof answer.error === "string") throw new Error(answer.error);
    return answer;
  }
}
