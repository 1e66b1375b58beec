/** Choice of data: generators, sets that come with the page, the user's files. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ProblemView, Thumbnail } from "../engine/protocol.js";
import {
  bounds,
  defaults,
  forImages,
  isPlane,
  type OwnName,
  planeNames,
  presets,
  type Setup,
  type SourceName,
} from "../setup.js";
import { NumberField, Switch } from "./fields.js";
import { SetPicture } from "./Thumbnails.js";
import type { EngineHandle } from "./useEngine.js";

interface Props {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  /** The data that the user has supplied so far. */
  readonly brought: readonly OwnName[];
  onChange(part: Partial<Setup>): void;
  onFiles(files: readonly File[]): Promise<void>;
}

const titles: Record<SourceName, string> = {
  spiral: "Spiral",
  circle: "Circle",
  xor: "Xor",
  gauss: "Clouds",
  moons: "Moons",
  arms: "5 arms",
  plane: "Slope",
  multiGauss: "Hills",
  hand: "Your points",
  digits: "Digits",
  mnist: "MNIST",
  csv: "Your CSV",
  images: "Your images",
};

export function DataPanel({ setup, engine, brought, onChange, onFiles }: Props) {
  const csvInput = useRef<HTMLInputElement>(null);
  const imageInput = useRef<HTMLInputElement>(null);
  const { problem } = engine;
  const [pictures, setPictures] = useState<readonly Thumbnail[]>([]);
  useEffect(() => {
    engine.client.ask<readonly Thumbnail[]>({ type: "thumbnails" }).then(setPictures, () => {});
  }, []);

  const choose = (source: SourceName) => {
    // A table of a few rows, and points by hand, have none for testing.
    const isFew = setup.source === "csv" || setup.source === "hand";
    const back = isFew && setup.testShare === 0 ? { testShare: defaults.testShare } : {};
    const all = source === "hand" ? { testShare: 0 } : back;
    onChange({ ...(source === "digits" || source === "mnist" ? forImages : {}), ...all, source });
  };
  const sources = [...planeNames, "digits", "mnist", ...new Set([...brought, ...ownOf(setup)])] as const;

  return (
    <section class="data" aria-label="Data">
      <h2>Data</h2>
      <label class="field">
        <span>Preset</span>
        <select
          value={presets.find((each) => isSetup(setup, { ...defaults, ...each.setup }))?.name ?? ""}
          onChange={({ currentTarget }) => {
            const preset = presets.find(({ name }) => name === currentTarget.value);
            if (preset) onChange({ ...defaults, ...preset.setup });
          }}
        >
          <option value="">choose …</option>
          {presets.map(({ name, about }) => (
            <option key={name} value={name}>{`${name}: ${about}`}</option>
          ))}
        </select>
      </label>
      <fieldset class="chips">
        <legend>Data set</legend>
        {sources.map((source) => (
          <label key={source} class="chip">
            <input type="radio" name="source" checked={setup.source === source} onChange={() => choose(source)} />
            <span>
              {isPlane(source) && <SetPicture thumbnail={pictures.find((each) => each.source === source)} />}
              {titles[source]}
            </span>
          </label>
        ))}
      </fieldset>
      <div class="row">
        <button type="button" onClick={() => csvInput.current?.click()}>
          CSV file …
        </button>
        <button type="button" onClick={() => imageInput.current?.click()}>
          Image files …
        </button>
      </div>
      <p class="hint">
        Or drop a file anywhere on the page: a table (CSV or JSON), the two files of an image set, a model.
      </p>
      <FileInput input={csvInput} label="CSV file" accept=".csv,.tsv,.txt,.json,.gz,text/csv" onFiles={onFiles} />
      <FileInput input={imageInput} label="IDX files" onFiles={onFiles} />
      {isPlane(setup.source) && setup.source !== "hand" && (
        <>
          <NumberField
            label="Noise"
            value={setup.noise}
            {...bounds.noise}
            hasSlider
            onChange={(noise) => onChange({ noise })}
          />
          <NumberField
            label="Samples"
            value={setup.samples}
            {...bounds.samples}
            hasSlider
            onChange={(samples) => onChange({ samples })}
          />
        </>
      )}
      <NumberField
        label="Share of test data"
        value={setup.testShare}
        {...bounds.testShare}
        hasSlider
        onChange={(testShare) => onChange({ testShare })}
      />
      <NumberField
        label="Seed of the data"
        value={setup.dataSeed}
        {...bounds.dataSeed}
        onChange={(dataSeed) => onChange({ dataSeed })}
      />
      {problem?.image && (
        <Switch
          label="Varied copies of the training images"
          value={setup.variations}
          onChange={(variations) => onChange({ variations })}
        />
      )}
      {problem && <Balance problem={problem} />}
      {problem && problem.notes.length > 0 && (
        <ul class="notes" data-testid="data-notes">
          {problem.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function isSetup(one: Setup, other: Setup): boolean {
  return (Object.keys(defaults) as (keyof Setup)[]).every((key) => `${one[key]}` === `${other[key]}`);
}

function ownOf({ source }: Setup): OwnName[] {
  return source === "csv" || source === "images" ? [source] : [];
}

interface FileInputProps {
  readonly input: { current: HTMLInputElement | null };
  readonly label: string;
  readonly accept?: string;
  onFiles(files: readonly File[]): Promise<void>;
}

/** A dialog that a button opens; it takes no room on the page itself. */
function FileInput({ input, label, accept, onFiles }: FileInputProps) {
  return (
    <input
      ref={input}
      type="file"
      hidden
      multiple={!accept}
      {...(accept ? { accept } : {})}
      aria-label={label}
      onChange={({ currentTarget }) => {
        void onFiles([...(currentTarget.files ?? [])]);
        currentTarget.value = "";
      }}
    />
  );
}

/** Most classes that are listed one by one. */
const SHOWN = 20;

/** Number of rows, in total and of each class. */
function Balance({ problem: { trainRows, testRows, classes, counts } }: { problem: ProblemView }) {
  const [training, testing] = [trainRows, testRows].map((count) => count.toLocaleString("en"));
  const text =
    testRows > 0 ? `Training set: ${training} samples, test set: ${testing}` : `Training set: all ${training} samples`;
  return (
    <div class="balance">
      <p>{text}</p>
      {classes && classes.length <= SHOWN && (
        <ul>
          {classes.map((name, i) => (
            <li key={name}>
              <span class={`dot c${i % 20}`} aria-hidden="true" />
              {`${name}: ${counts[i]} (${Math.round((100 * counts[i]) / (trainRows + testRows))} %)`}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
