/** One row through the network and back, with every number. */
import { useContext, useEffect, useState } from "preact/hooks";
import type { RowPlace } from "../engine/protocol.js";
import { amount } from "../numbers.js";
import type { TabProps } from "./tabs.js";
import { ThemeContext } from "./theme.js";

export function GlassBox({ engine, row, onRow, onPoint }: TabProps) {
  const [page, setPage] = useState("");
  const [problem, setProblem] = useState("");
  const [part, setPart] = useState<RowPlace["part"]>("test");
  const [number, setNumber] = useState("0");
  const { isDark } = useContext(ThemeContext);
  const rows = (part === "test" ? engine.problem?.testRows : engine.problem?.trainRows) ?? 0;
  const hash = engine.frame?.hash;
  const isRunning = engine.frame?.isRunning ?? false;

  useEffect(() => {
    if (!row) return setPage("");
    setPart(row.part);
    setNumber(String(row.row));
  }, [row]);
  useEffect(() => {
    if (!row || isRunning) return;
    engine.client
      .ask<string>({ type: "explain", place: row })
      .then((html) => {
        setPage(html);
        setProblem("");
      })
      .catch((error: Error) => setProblem(error.message));
  }, [row, isRunning, isRunning ? "" : hash]);

  const results = engine.slow?.results;
  const worst = results?.worst[0]?.row;
  const { targetScale, target } = engine.problem ?? {};
  return (
    <div>
      <form
        class="row bottom"
        onSubmit={(event) => {
          event.preventDefault();
          onRow({ part, row: Number(number) });
        }}
      >
        <label class="field">
          <span>Rows to</span>
          <select
            value={part}
            onChange={({ currentTarget }) => setPart(currentTarget.value === "train" ? "train" : "test")}
          >
            <option value="test">test on</option>
            <option value="train">train on</option>
          </select>
        </label>
        <label class="field">
          <span>{`Row, 0 to ${Math.max(rows - 1, 0)}`}</span>
          <input
            type="number"
            min={0}
            max={rows - 1}
            step={1}
            required
            value={number}
            onInput={({ currentTarget }) => setNumber(currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary">
          Explain this row
        </button>
        {worst !== undefined && (
          <button type="button" onClick={() => onRow({ part: results?.part ?? "test", row: worst })}>
            Explain the worst
          </button>
        )}
        {row && (
          <button type="button" onClick={() => onPoint(row)}>
            Step through the network
          </button>
        )}
      </form>
      {problem && (
        <p role="alert" class="ill">
          {problem}
        </p>
      )}
      {targetScale && (
        <p class="hint">
          {`The network learns ${target} in standard deviations from the mean: `}
          {`0 is ${amount(targetScale.mean)}, and 1 is ${amount(targetScale.deviation)} more.`}
        </p>
      )}
      {page && isRunning && <p class="hint">Pause to see this row with the weights as they are then.</p>}
      {page ? (
        <iframe
          title={`Row ${row?.row}, step by step`}
          srcdoc={themed(page, isDark)}
          sandbox=""
          data-testid="explanation"
        />
      ) : (
        <p class="hint">
          Weighted sums, activations, loss, gradients and the next update of one row, with all numbers put in. A click
          on a row under Results brings it here; one on a point of the plane sends it through the network.
        </p>
      )}
    </div>
  );
}

/** A page that follows the system, in the theme of this one. */
function themed(html: string, isDark: boolean): string {
  return html
    .replaceAll(/@media\s*\(prefers-color-scheme:\s*dark\)/g, `@media ${isDark ? "all" : "not all"}`)
    .replace("color-scheme:light dark", `color-scheme:${isDark ? "dark" : "light"}`);
}
