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
  const reached = goal === null ? undefined : logs.find(({ valScore }) => valScore >= goal);
  return (
    <div class="intro">
      {title && <h2>{title}</h2>}
      {task && <p>{task}</p>}
      {goal !== null && (
        <p role="status" data-testid="goal">
          {`Goal: test accuracy of ${Math.round(100 * goal)} %. `}
          {reached ? `Reached after epoch ${reached.epoch}.` : "Not reached yet."}
        </p>
      )}
    </div>
  );
}
