/** One sentence that says what the page is; in a lesson, its title, its task and its goal. */
import type { EpochLog } from "../engine/protocol.js";
import type { PageOptions } from "../pageOptions.js";

interface Props {
  readonly options: PageOptions;
  readonly logs: readonly EpochLog[];
}

export function Intro({ options: { title, task, goal }, logs }: Props) {
  if (!title && !task && goal === null) {
    return (
      <p class="intro">
        A neural network learns here to tell the classes of points apart: the colour of each place is its answer there.
        Change anything while it learns. You cannot break it.
      </p>
    );
  }
  // Without rows for testing it is the accuracy of the training rows.
  const scoreOf = ({ score, valScore }: EpochLog) => (Number.isNaN(valScore) ? score : valScore);
  const reached = goal === null ? undefined : logs.find((log) => scoreOf(log) >= goal);
  const part = logs.length > 0 && Number.isNaN(logs[0].valScore) ? "training" : "test";
  return (
    <div class="intro">
      {title && <h2>{title}</h2>}
      {task && <p>{task}</p>}
      {goal !== null && (
        <p role="status" data-testid="goal">
          {`Goal: ${part} accuracy of ${Number((100 * goal).toPrecision(4))} %. `}
          {reached ? `Reached after epoch ${reached.epoch}.` : "Not reached yet."}
        </p>
      )}
    </div>
  );
}
