/** Shows a CSV file to the user: types, missing cells, and the choice of the column to learn. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Notes, TableView } from "../engine/table.js";
import { Scroll } from "./Scroll.js";
import type { EngineHandle } from "./useEngine.js";

interface Props {
  readonly file: File;
  readonly engine: EngineHandle;
  onClose(): void;
  onDone(): void;
}

/** Most columns shown; the rest are only counted. */
const MOST_COLUMNS = 12;
/** Most warnings shown; further ones say the same about other columns. */
const MOST_WARNINGS = 5;

export function CsvDialog({ file, engine, onClose, onDone }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const choice = useRef<HTMLSelectElement>(null);
  const [table, setTable] = useState<TableView | null>(null);
  const [target, setTarget] = useState("");
  const [problem, setProblem] = useState("");

  useEffect(() => {
    dialog.current?.showModal();
    const read = async () => {
      const view = await engine.client.ask<TableView>({ type: "readCsv", file });
      setTable(view);
      setTarget(view.report[view.report.length - 1]?.name ?? "");
    };
    read().catch((error: Error) => setProblem(error.message));
  }, [file]);

  useEffect(() => choice.current?.focus(), [table]);

  const use = async () => {
    try {
      const notes = await engine.client.ask<Notes>({ type: "chooseTarget", target });
      onDone();
      if (notes.length > 0) engine.tell({ message: notes.join(" "), remedy: null });
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const shown = table?.report.slice(0, MOST_COLUMNS) ?? [];
  return (
    <dialog ref={dialog} onClose={onClose} aria-label={`CSV file ${file.name}`}>
      <h2>{file.name}</h2>
      {problem && (
        <p role="alert" class="ill">
          {problem}
        </p>
      )}
      {!table && !problem && <p>Reading …</p>}
      {table && (
        <>
          <p>{`${table.rows.toLocaleString("en")} rows, ${table.report.length} columns.`}</p>
          <Scroll label="First rows">
            <table>
              <thead>
                <tr>
                  {shown.map(({ name }) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                <tr class="kinds">
                  {shown.map(({ name, type, missing, unique }) => (
                    <td key={name}>
                      {type}, {unique} different{missing > 0 ? `, ${missing} missing` : ""}
                    </td>
                  ))}
                </tr>
                {table.preview.map((row, i) => (
                  <tr key={i}>
                    {row.slice(0, MOST_COLUMNS).map((cell, j) => (
                      <td key={shown[j].name}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {table.report.length > MOST_COLUMNS && (
            <p class="hint">{`and ${table.report.length - MOST_COLUMNS} more columns`}</p>
          )}
          {table.warnings.slice(0, MOST_WARNINGS).map((warning) => (
            <p key={warning} class="hint">
              {warning}
            </p>
          ))}
          <label class="field">
            <span>Learn this column</span>
            <select ref={choice} value={target} onChange={({ currentTarget }) => setTarget(currentTarget.value)}>
              {table.report.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <p class="hint">
            Missing numbers become the median, text becomes one column per value. Scaling is a layer of the model,
            learned from the training rows.
          </p>
        </>
      )}
      <div class="row end">
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        {table && (
          <button type="button" class="primary" onClick={() => void use()}>
            Use it
          </button>
        )}
      </div>
    </dialog>
  );
}
