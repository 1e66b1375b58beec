/** A form with the columns of the user's table, and the network's prediction for the row entered. */
import { useEffect, useState } from "preact/hooks";
import { probabilitiesOf } from "../engine/classes.js";
import type { FieldView } from "../engine/protocol.js";
import { amount } from "../numbers.js";
import { Bars } from "./Bars.js";
import type { TabProps } from "./tabs.js";

type Values = Readonly<Record<string, string>>;

export function AskTab({ engine }: TabProps) {
  const [values, setValues] = useState<Values>({});
  /** The row that was asked about last; its answer follows the training. */
  const [asked, setAsked] = useState<Values | null>(null);
  const [answer, setAnswer] = useState<Float32Array | null>(null);
  const [problem, setProblem] = useState("");
  const { problem: data, slow } = engine;
  useEffect(() => {
    if (!asked) return;
    let isLate = false;
    engine.client
      .ask<Float32Array>({ type: "predictRow", values: asked })
      .then((predictions) => {
        if (isLate) return;
        setAnswer(predictions);
        setProblem("");
      })
      .catch((error: Error) => {
        if (isLate) return;
        setAnswer(null);
        setAsked(null);
        setProblem(error.message);
      });
    return () => {
      isLate = true;
    };
  }, [asked, slow]);
  const fields = data?.fields;
  useEffect(() => {
    setAsked(null);
    setAnswer(null);
    setProblem("");
  }, [fields?.map(({ name }) => name).join("\n")]);
  if (!data) return null;
  const ask = (event: Event) => {
    event.preventDefault();
    setAsked({ ...values });
  };
  return (
    <form onSubmit={ask}>
      <div class="columns">
        <div>
          <div class="form">
            {data.fields.map((field) => (
              <Field
                key={field.name}
                field={field}
                value={values[field.name] ?? ""}
                onChange={(text) => {
                  setValues((old) => ({ ...old, [field.name]: text }));
                  // What is typed now has no answer yet.
                  setAsked(null);
                  setAnswer(null);
                }}
              />
            ))}
          </div>
          <p class="hint">What is left empty counts as the median, or as the most frequent value.</p>
          <button type="submit" class="primary">
            {`Predict ${data.target}`}
          </button>
        </div>
        <div data-testid="answer" role="status">
          {problem && <p class="ill">{problem}</p>}
          {answer && !data.classes && <p>{`${data.target}: ${amount(answer[0])}`}</p>}
          {answer && data.classes && <Bars names={data.classes} shares={probabilitiesOf(answer)} />}
        </div>
      </div>
    </form>
  );
}

interface FieldProps {
  readonly field: FieldView;
  readonly value: string;
  onChange(text: string): void;
}

function Field({ field: { name, categories, typical }, value, onChange }: FieldProps) {
  if (categories) {
    return (
      <label class="field">
        <span>{name}</span>
        <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          <option value="">{`(${typical})`}</option>
          {categories.map((category) => (
            <option key={category} value={category}>
              {category}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <label class="field">
      <span>{name}</span>
      <input
        type="text"
        inputMode="decimal"
        placeholder={typical}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </label>
  );
}
