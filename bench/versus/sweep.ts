/** Nets of several widths at several batch sizes, against PyTorch: ratios, and shares of what the processor can do. */
import { SMALL } from "../nets.js";
import type { Peak } from "../peak.js";
import type { Result } from "./contest.js";
import type { Outcome } from "./report.js";
import { samplesPerSecond, type Task } from "./tasks.js";

const WIDTHS = [64, 256, 512, 1024, 2048];
const BATCHES = [32, 128, 256, 512];

export interface SweepTask extends Task {
  width: number;
  /** Floating-point operations of the products in one step. */
  flops: number;
}

export const sweepTasks: readonly SweepTask[] = BATCHES.flatMap((batch) =>
  WIDTHS.map((width) => {
    const sizes = [784, width, width, 10];
    // Outputs, kernel gradients, and input gradients, which the first layer does not need.
    const products = 2 * 784 * width + 3 * (width * width + width * 10);
    return {
      name: `784-${width}-${width}-10, batch ${batch}`,
      net: { ...SMALL, name: sizes.join("-"), sizes },
      kind: "train",
      batch,
      format: samplesPerSecond(batch),
      unit: "samples/s",
      width,
      flops: 2 * batch * products,
    };
  }),
);

export interface SweepOutcome extends Outcome {
  task: SweepTask;
}

const secondsOf = (result: Result) => (result.kind === "figure" ? result.seconds : Number.NaN);

function row({ task, standings: [pytorch, ...others] }: SweepOutcome, peak: Peak): string {
  const base = secondsOf(pytorch.result);
  const cells = others.map(({ rival, result }) => {
    if (result.kind !== "figure") return result.kind === "failed" ? "failed" : "–";
    const ratio = `${(base / result.seconds).toFixed(2)}×`;
    const limit = rival.variant === "simd" ? peak.strict : rival.variant === "relaxed" ? peak.relaxed : undefined;
    if (limit === undefined) return ratio;
    return `${ratio} (${Math.round((100 * task.flops) / result.seconds / limit / 1e9)} %)`;
  });
  const rate = pytorch.result.kind === "figure" ? task.format(base) : "failed";
  return `| ${task.batch} | ${task.width} | ${rate} | ${cells.join(" | ")} |`;
}

export function writeSweep(outcomes: readonly SweepOutcome[], peak: Peak): string {
  const [pytorch, ...others] = outcomes[0].standings;
  const relaxed = peak.relaxed === undefined ? "" : `, ${peak.relaxed.toFixed(1)} fused`;
  return `## Widths and batch sizes, against PyTorch

784-w-w-10, relu and softmax, Adam on crossentropy, random rows without zeros. ${pytorch.rival.name} ${pytorch.version} on one thread
in samples per second, the others as multiples of it. In parentheses: the products' share of the most that 128-bit SIMD
can do on one thread of this machine, measured in the same run: ${peak.strict.toFixed(1)} GFLOP/s multiplied and added${relaxed}. The rest of
a step, such as Adam, counts in the time and not in the work. PyTorch computes with wider registers.

| batch | w | ${pytorch.rival.name} | ${others.map(({ rival }) => rival.name).join(" | ")} |
| ---: | ---: | ${outcomes[0].standings.map(() => "---:").join(" | ")} |
${outcomes.map((outcome) => row(outcome, peak)).join("\n")}`;
}
