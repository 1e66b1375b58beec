/** The test rows: confusions between classes, and the rows with the largest errors. */
import { useEffect, useRef } from "preact/hooks";
import { drawImage } from "../draw/plane.js";
import { classOf, probabilitiesOf } from "../engine/classes.js";
import type { ProblemView, WorstRow } from "../engine/protocol.js";
import { amount, short } from "../numbers.js";
import { Scroll } from "./Scroll.js";
import type { TabProps } from "./tabs.js";
import { useInk } from "./theme.js";

/** Most values shown of a row; the rest are counted. */
const SHOWN = 6;

export function ResultsTab({ engine, onRow }: TabProps) {
  const { problem } = engine;
  const results = engine.slow?.results;
  if (!problem || !results) return <p>Nothing to see yet.</p>;
  return (
    <div class="columns">
      {problem.classes && <Confusion counts={results.confusion} classes={problem.classes} />}
      <div>
        <h3>{results.part === "test" ? "Largest errors" : "Largest errors, of the training set"}</h3>
        <p class="hint">Press a row to see it in the glass box.</p>
        <ul class={problem.image ? "worst images" : "worst"}>
          {results.worst.map((row) => (
            <li key={row.row}>
              <button type="button" class="plain" onClick={() => onRow({ part: results.part, row: row.row })}>
                <Worst row={row} problem={problem} />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Confusion({ counts, classes }: { counts: readonly number[]; classes: readonly string[] }) {
  const size = classes.length;
  if (size > 30) return <p>Too many classes for a matrix.</p>;
  const largest = Math.max(...counts, 1);
  return (
    <div class="narrow">
      <h3>Confusion matrix</h3>
      <Scroll label="Confusion matrix">
        <table class="confusion" data-testid="confusion">
          <thead>
            <tr>
              <th scope="col">true \ predicted</th>
              {classes.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((name, row) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {classes.map((other, column) => {
                  const count = counts[row * size + column];
                  return (
                    <td
                      key={other}
                      class={row === column ? "right" : "wrong"}
                      style={{ "--share": `${Math.round(50 * Math.sqrt(count / largest))}%` }}
                    >
                      {count}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}

function Worst({ row, problem }: { row: WorstRow; problem: ProblemView }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { paper, ink } = useInk();
  const { image, classes, columns } = problem;
  useEffect(() => {
    if (!canvas.current || !image) return;
    drawImage(canvas.current, row.x, { height: image[0], width: image[1], most: 1, paper, ink });
  }, [row.x, paper[0]]);
  const [first] = row.predictions;
  const verdict = classes ? verdictOf(row, classes) : `${amount(row.target)}, predicted ${amount(first)}`;
  if (image) {
    return (
      <>
        <canvas ref={canvas} />
        <span>{verdict}</span>
      </>
    );
  }
  const values = columns.slice(0, SHOWN).map((name, i) => `${name} ${short(row.x[i])}`);
  const rest = columns.length > SHOWN ? `, and ${columns.length - SHOWN} more` : "";
  return <>{`${verdict}: ${values.join(", ")}${rest}`}</>;
}

function verdictOf({ target, predictions }: WorstRow, classes: readonly string[]): string {
  const guess = classOf(predictions);
  if (guess !== target) return `${classes[target]}, taken for ${classes[guess]}`;
  return `${classes[target]}, rightly, with ${Math.round(100 * probabilitiesOf(predictions)[target])} %`;
}
