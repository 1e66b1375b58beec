/** One sentence that says what the page is; in a lesson, its title, its task and its goal. */
import { useRef } from "preact/hooks";
import type { EpochLog } from "../engine/protocol.js";
import { type Goal, goalInWords, reaches } from "../goal.js";
import type { PageOptions } from "../pageOptions.js";

interface Props {
  readonly options: PageOptions;
  readonly logs: readonly EpochLog[];
  readonly isClasses: boolean;
}

export function Intro({ options: { title, task, goal }, logs, isClasses }: Props) {
  if (!title && !task && goal === null) {
    return (
      <p class="intro">
        A neural network learns here to tell the classes of points apart: the colour of each place is its answer there.
        Change anything while it learns. You cannot break it.
      </p>
    );
  }
  return (
    <div class="intro">
      {title && <h2>{title}</h2>}
      {task && <p>{task}</p>}
      {goal && <GoalLine goal={goal} logs={logs} isClasses={isClasses} />}
    </div>
  );
}

function GoalLine({ goal, logs, isClasses }: { goal: Goal } & Pick<Props, "logs" | "isClasses">) {
  // Of a long run not every epoch stays in the logs.
  const found = useRef<number | null>(null);
  const epoch = logs[logs.length - 1]?.epoch ?? 0;
  if (found.current !== null && epoch < found.current) found.current = null;
  found.current ??= logs.find((log) => reaches(goal, log, isClasses))?.epoch ?? null;
  const isMissed = goal.epochs !== null && epoch >= goal.epochs;
  const standing =
    found.current !== null
      ? `Reached after epoch ${found.current.toLocaleString("en")}.`
      : isMissed
        ? "Not reached in time: change something, or press Reset and try again."
        : "Not reached yet.";
  return (
    <p role="status" data-testid="goal">
      {`${goalInWords(goal, logs)} ${standing}`}
    </p>
  );
}
