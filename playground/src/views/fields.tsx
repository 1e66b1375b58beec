/** Labelled inputs: a number with a slider or without, a choice, a switch. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";

interface NumberProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly hasSlider?: boolean;
  readonly children?: ComponentChildren;
  onChange(value: number): void;
}

/** A number; typed text counts once it is within the bounds. */
export function NumberField({ label, value, min, max, step, hasSlider = false, children, onChange }: NumberProps) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const isGood = (text: string) => {
    const typed = Number(text);
    return text.trim() !== "" && typed >= min && typed <= max && (step < 1 || Number.isInteger(typed));
  };
  const isBad = draft !== null && !isGood(draft);
  const take = (text: string) => {
    setDraft(text);
    if (isGood(text)) onChange(Number(text));
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="row">
        {hasSlider && (
          <input
            type="range"
            aria-label={`${label}, slider`}
            min={min}
            max={max}
            step={step}
            value={value}
            onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
          />
        )}
        <input
          id={id}
          type="number"
          min={min}
          max={max}
          step={step < 0.001 ? "any" : step}
          value={draft ?? value}
          aria-invalid={isBad}
          onInput={({ currentTarget }) => take(currentTarget.value)}
          onBlur={() => setDraft(null)}
        />
        {children}
      </div>
      {isBad && <p class="hint">{`${step < 1 ? "A number" : "A whole number"} from ${min} to ${max}`}</p>}
    </div>
  );
}

interface ChoiceProps<Name extends string> {
  readonly label: string;
  readonly value: Name;
  readonly names: readonly Name[];
  /** What holds instead of `value`, such as for a model that was brought, until another is chosen. */
  readonly own?: string | undefined;
  readonly isDisabled?: boolean;
  readonly hint?: string;
  onChange(value: Name): void;
}

export function Choice<Name extends string>(props: ChoiceProps<Name>) {
  const { label, value, names, own, isDisabled = false, hint = "", onChange } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={own === undefined ? value : ""}
        disabled={isDisabled}
        onChange={({ currentTarget }) => onChange(currentTarget.value as Name)}
      >
        {own !== undefined && <option value="">{`${own} (the model’s own)`}</option>}
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {hint && <p class="hint">{hint}</p>}
    </div>
  );
}

export function Switch({ label, value, onChange }: { label: string; value: boolean; onChange(value: boolean): void }) {
  return (
    <label class="switch">
      <input type="checkbox" checked={value} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      {label}
    </label>
  );
}
