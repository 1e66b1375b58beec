/** A table before it is used: how its file is read, and the use and the type of each column. */
import { useEffect, useRef, useState } from "preact/hooks";
import { AUTO, type CellType, type ColumnView, type Reading, type TableView } from "../engine/tableView.js";
import { Scroll } from "./Scroll.js";
import type { EngineHandle } from "./useEngine.js";

export interface TableDialogProps {
  readonly file: File;
  readonly engine: EngineHandle;
  onClose(): void;
  /** The table is ready; `rows` of it. */
  onDone(rows: number): void;
}

type Use = "input" | "target" | "ignore";

/** Most columns that are listed; the rest are used as suggested. */
const MOST_COLUMNS = 60;

const typeNames: Record<CellType, string> = {
  number: "number",
  category: "classes",
  boolean: "yes or no",
  date: "date",
  text: "words",
};

type Choices<Key extends keyof Reading> = readonly (readonly [value: Reading[Key], label: string])[];

const encodings: Choices<"encoding"> = [
  ["utf-8", "Unicode (UTF-8)"],
  ["utf-16le", "Unicode (UTF-16)"],
  ["utf-16be", "Unicode (UTF-16, other order)"],
  ["windows-1252", "Western European"],
  ["windows-1250", "Central European"],
  ["windows-1251", "Cyrillic"],
  ["shift_jis", "Japanese"],
  ["gb18030", "Chinese"],
];
const delimiters: Choices<"delimiter"> = [
  [",", "comma"],
  [";", "semicolon"],
  ["\t", "tab"],
  ["|", "bar"],
];
const decimals: Choices<"decimal"> = [
  [".", "point: 3.14"],
  [",", "comma: 3,14"],
];
const headers: Choices<"header"> = [
  [true, "names of columns"],
  [false, "data"],
];

/** What a person has chosen of a column, in place of the suggestion. */
interface Own {
  readonly use?: Exclude<Use, "target">;
  readonly type?: CellType;
}

export function TableDialog({ file, engine, onClose, onDone }: TableDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const choice = useRef<HTMLSelectElement>(null);
  const [reading, setReading] = useState<Reading>(AUTO);
  const [table, setTable] = useState<TableView | null>(null);
  const [target, setTarget] = useState("");
  const [own, setOwn] = useState<ReadonlyMap<string, Own>>(new Map());
  const [problem, setProblem] = useState("");

  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    let isLate = false;
    setProblem("");
    engine.client
      .ask<TableView>({ type: "readTable", file, reading })
      .then((view) => {
        if (isLate) return;
        setTable(view);
        setTarget((last) => (view.columns.some(({ name }) => name === last) ? last : view.target));
      })
      .catch((error: Error) => isLate || setProblem(error.message));
    return () => {
      isLate = true;
    };
  }, [file, reading]);
  useEffect(() => choice.current?.focus(), [table !== null]);

  const useOf = ({ name, reason }: ColumnView): Use =>
    name === target ? "target" : (own.get(name)?.use ?? (reason ? "ignore" : "input"));
  const typeOf = (column: ColumnView): CellType | null => {
    const chosen = own.get(column.name)?.type;
    if (column.name !== target) return chosen ?? column.type;
    return chosen === "number" || chosen === "category" ? chosen : (column.asTarget ?? "category");
  };
  const choose = (name: string, part: Own) => setOwn((last) => new Map(last).set(name, { ...last.get(name), ...part }));
  const setUse = (name: string, use: Use) => {
    if (use === "target") return setTarget(name);
    choose(name, { use });
    if (name !== target || !table) return;
    const other = table.columns.findLast((column) => column.name !== name && column.asTarget !== null);
    if (other) setTarget(other.name);
  };

  const take = async () => {
    if (!table) return;
    const inputs = table.columns.flatMap((column) => {
      const type = typeOf(column);
      return useOf(column) === "input" && type ? [{ name: column.name, type }] : [];
    });
    const column = table.columns.find(({ name }) => name === target);
    const type = column && typeOf(column) === "number" ? "number" : "category";
    try {
      await engine.client.ask({ type: "useTable", choice: { target: { name: target, type }, inputs } });
      onDone(table.rows);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const found = table?.found;
  const change = (part: Partial<Reading>) => setReading({ ...reading, ...part });
  const shown = table?.columns.slice(0, MOST_COLUMNS) ?? [];
  return (
    <dialog ref={dialog} onClose={onClose} aria-label={`Table ${file.name}`}>
      <h2>{file.name}</h2>
      {problem && (
        <p role="alert" class="ill">
          {problem}
        </p>
      )}
      {!table && !problem && <p>Reading …</p>}
      {(found || (problem && !/spreadsheet|picture/.test(problem) && !table)) && (
        <div class="reading">
          <Choice
            label="First row"
            given={reading.header}
            found={found?.header}
            choices={headers}
            onChange={(header) => change({ header })}
          />
          <Choice
            label="Separator"
            given={reading.delimiter}
            found={found?.delimiter}
            choices={delimiters}
            onChange={(delimiter) => change({ delimiter })}
          />
          <Choice
            label="Decimal sign"
            given={reading.decimal}
            found={found?.decimal}
            choices={decimals}
            onChange={(decimal) => change({ decimal })}
          />
          <Choice
            label="Encoding"
            given={reading.encoding}
            found={found?.encoding}
            choices={encodings}
            onChange={(encoding) => change({ encoding })}
          />
        </div>
      )}
      {table && (
        <>
          <p>{`${table.rows.toLocaleString("en")} rows, ${table.columns.length} columns.`}</p>
          {table.notes.map((note) => (
            <p key={note} class="hint">
              {note}
            </p>
          ))}
          <label class="field">
            <span>Learn this column</span>
            <select ref={choice} value={target} onChange={({ currentTarget }) => setTarget(currentTarget.value)}>
              {table.columns.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Scroll label="Columns">
            <table class="columns-table">
              <thead>
                <tr>
                  <th scope="col">Column</th>
                  <th scope="col">Use</th>
                  <th scope="col">Read as</th>
                  <th scope="col">Cells</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((column) => (
                  <Row
                    key={column.name}
                    column={column}
                    use={useOf(column)}
                    type={typeOf(column)}
                    onUse={(use) => setUse(column.name, use)}
                    onType={(type) => choose(column.name, { type })}
                  />
                ))}
              </tbody>
            </table>
          </Scroll>
          {table.columns.length > MOST_COLUMNS && (
            <p class="hint">{`And ${table.columns.length - MOST_COLUMNS} more columns, used as they look.`}</p>
          )}
          <p class="hint">
            A missing number becomes the median, a missing class the most frequent one. Classes become one input each.
            The network scales its inputs itself, by the training rows.
          </p>
        </>
      )}
      <div class="row end">
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        {table && (
          <button type="button" class="primary" onClick={() => void take()}>
            Use it
          </button>
        )}
      </div>
    </dialog>
  );
}

interface RowProps {
  readonly column: ColumnView;
  readonly use: Use;
  readonly type: CellType | null;
  onUse(use: Use): void;
  onType(type: CellType): void;
}

function Row({ column, use, type, onUse, onType }: RowProps) {
  const { name, types, asTarget, missing, unique, samples, reason } = column;
  const offered = use === "target" ? (["number", "category"] as const).filter((each) => types.includes(each)) : types;
  const uses: Use[] = ["input", ...(asTarget || use === "target" ? (["target"] as const) : []), "ignore"];
  const counts = `${unique.toLocaleString("en")} different${missing > 0 ? `, ${missing.toLocaleString("en")} missing` : ""}`;
  return (
    <tr class={use}>
      <th scope="row">{name}</th>
      <td>
        <select
          aria-label={`Use of ${name}`}
          value={use}
          onChange={({ currentTarget }) => onUse(currentTarget.value as Use)}
        >
          {uses.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </td>
      <td>
        {type && offered.length > 1 ? (
          <select
            aria-label={`${name} is read as`}
            value={type}
            onChange={({ currentTarget }) => onType(currentTarget.value as CellType)}
          >
            {offered.map((each) => (
              <option key={each} value={each}>
                {typeNames[each]}
              </option>
            ))}
          </select>
        ) : (
          type && typeNames[type]
        )}
      </td>
      <td>
        <span class="samples">{samples.join(" · ")}</span>
        <small>{counts}</small>
        {reason && <small class="reason">{use === "ignore" ? `Ignored: ${reason}.` : `Note: ${reason}.`}</small>}
      </td>
    </tr>
  );
}

interface ChoiceProps<Value extends string | boolean> {
  readonly label: string;
  readonly given: Value | "auto";
  readonly found: Value | "auto" | undefined;
  readonly choices: readonly (readonly [value: Value | "auto", label: string])[];
  onChange(value: Value | "auto"): void;
}

/** A choice that the page makes by itself, and shows, until a person makes it. */
function Choice<Value extends string | boolean>({ label, given, found, choices, onChange }: ChoiceProps<Value>) {
  const guess = given === "auto" ? choices.find(([value]) => value === found)?.[1] : undefined;
  const place = choices.findIndex(([value]) => value === given);
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={String(place)}
        onChange={({ currentTarget }) => onChange(choices[Number(currentTarget.value)]?.[0] ?? ("auto" as const))}
      >
        <option value="-1">{guess ? `${guess} (found)` : "automatic"}</option>
        {choices.map(([value, name], i) => (
          <option key={String(value)} value={String(i)}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
