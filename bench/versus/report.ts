/** The comparison as Markdown: the method, one table, and notes on each figure. */
import type { Host } from "../host.js";
import type { Result, Standing, VersusEffort } from "./contest.js";
import type { Task } from "./tasks.js";

export interface Outcome {
  task: Task;
  standings: Standing[];
}

/** Marks a figure that was scaled from fewer steps than the task has. */
const SCALED = "\\*";

function cell(result: Result, { format }: Task, footnotes: string[]): string {
  if (result.kind === "figure") return format(result.seconds) + (result.isScaled ? SCALED : "");
  if (result.kind === "notOffered") return "–";
  const text = result.reason.replaceAll("|", "\\|");
  if (!footnotes.includes(text)) footnotes.push(text);
  return `failed (${footnotes.indexOf(text) + 1})`;
}

/** The best figure of each column in bold. */
function table(outcomes: readonly Outcome[], footnotes: string[]): string[] {
  const best = outcomes.map(({ standings }) =>
    Math.min(...standings.map(({ result }) => (result.kind === "figure" ? result.seconds : Infinity))),
  );
  const rivals = outcomes[0].standings.map(({ rival }) => rival);
  const rows = rivals.flatMap((rival, i) => {
    const results = outcomes.map(({ standings }) => standings[i].result);
    if (results.every(({ kind }) => kind === "notOffered")) return [];
    const cells = results.map((result, column) => {
      const text = cell(result, outcomes[column].task, footnotes);
      return result.kind === "figure" && result.seconds === best[column] ? `**${text}**` : text;
    });
    const version = outcomes.map(({ standings }) => standings[i].version).find((text) => text !== "") ?? "";
    return [`| ${rival.name}${version && rival.kind !== "ours" ? ` ${version}` : ""} | ${cells.join(" | ")} |`];
  });
  return [
    `| | ${outcomes.map(({ task }) => `${task.name}<br>${task.unit}`).join(" | ")} |`,
    `| --- | ${outcomes.map(() => "---:").join(" | ")} |`,
    ...rows,
  ];
}

/** Notes by rival: differences from the task, and figures that were left out or scaled. */
function remarks(outcomes: readonly Outcome[]): string[] {
  return outcomes[0].standings.flatMap(({ rival }, i) => {
    const standings = outcomes.map(({ standings }) => standings[i]);
    const note = standings.map(({ note }) => note).find((text) => text !== "");
    const left = standings.find(({ result }) => result.kind === "notOffered")?.result;
    const reason = left?.kind === "notOffered" && standings.every(({ result }) => result.kind !== "figure");
    const scaled = outcomes.flatMap(({ task }, column) => {
      const { result } = standings[column];
      if (result.kind !== "figure" || !result.isScaled) return [];
      return [`${task.name}: ${result.steps} steps measured, scaled to ${task.wholeSteps}`];
    });
    const parts = [note, reason && left?.kind === "notOffered" ? left.reason : undefined, ...scaled];
    const text = parts.filter((part) => part !== undefined).join("; ");
    return text ? [`- ${rival.name}: ${text}.`] : [];
  });
}

/** `sections`: what follows the table of all libraries. */
export function writeReport(
  outcomes: readonly Outcome[],
  sections: readonly string[],
  host: Host,
  { rounds }: VersusEffort,
): string {
  const footnotes: string[] = [];
  const lines = table(outcomes, footnotes);
  const failures = footnotes.map((text, i) => `- (${i + 1}) ${text}`);
  return `# Benchmarks

Written by \`npm run bench -- versus\` on ${host.date.slice(0, 10)}, commit ${host.commit}: do not edit, run it again.

${host.cpu}, ${host.cores} cores, ${host.os}; Node ${host.node} (V8 ${host.v8}).

![Samples per second of each library at each task, on a log scale](benchmarks.svg)

${lines.join("\n")}

**Bold** is the best of a column; – means the library does not offer it; ${SCALED} was scaled from fewer steps.

## How it was measured

- Each library runs in a process of its own, on one thread unless its row says otherwise, through its public API.
  A figure is the median of ${rounds} samples, taken in turns: one of each library, then the next round in reverse.
- Before it is timed, each is checked. From the same weights, its outputs must equal those of the hand-written net; and
  training must lower its error by 5 %. (Those that cannot take weights start from their own.)
- MNIST is the net 784-128-10, relu and softmax, Adam on crossentropy; 64-64-10 likewise. XOR is 2-3-1, sigmoid, SGD on
  the squared error. Rows are shuffled; copying batches, and turning arrays into tensors and back, counts.
- Four of five pixels of MNIST are zero, and simdgrad leaves products with zeros out. "No zeros" is the same net on random
  rows, where there is nothing to leave out.
- A library with a \`fit\` of its own is used through that. For the others, the loop is the simplest that works.
- "Hand-written JS" is this net in plain JavaScript on Float32Arrays: *plain* with loops in cache-friendly order, *tuned*
  with register-tiled products.
- A library that fails is shown as failed, with what it said. Nothing that was measured is left out.

${sections.join("\n\n")}

## Remarks

${[...remarks(outcomes), ...failures].join("\n")}
`;
}
