/** Exports and imports: the program, the model, the pictures. */
import { useContext, useRef, useState } from "preact/hooks";
import { CAME, toCode } from "../code.js";
import type { PictureName } from "../engine/protocol.js";
import { download, planePng, svgToPng } from "../files.js";
import { copyText } from "./copyText.js";
import type { TabProps } from "./tabs.js";
import { ThemeContext } from "./theme.js";
import { useDrag } from "./useDrag.js";

export function TakeAway({ setup, engine, ...rest }: TabProps) {
  const [said, setSaid] = useState("");
  const [notes, setNotes] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const { problem, frame, info } = engine;
  if (!problem) return <p>Nothing to export yet.</p>;
  const code = toCode(setup, problem, frame, { info, other: engine.other?.setup ?? null });
  /** Runs an action, and reports an error. */
  const attempt = (work: () => Promise<string>) => {
    work()
      .then(setSaid)
      .catch((error: Error) => engine.tell({ message: error.message, remedy: null }));
  };
  const copy = async () => {
    await copyText(code);
    return "The program is in the clipboard.";
  };
  const save = async (asItCame = false) => {
    const bytes = await engine.client.ask<Uint8Array<ArrayBuffer>>({ type: "save", asItCame });
    download(asItCame ? CAME : "model.safetensors", new Blob([bytes]));
    return "The model is among your downloads.";
  };
  const load = async (files: readonly File[]) => {
    setSaid("");
    setNotes([]);
    engine.tell(null);
    setNotes(await engine.client.ask<readonly string[]>({ type: "load", files }));
    return `${files.map(({ name }) => name).join(", ")} is now the model of this page.`;
  };
  const bring = (files: readonly File[]) => {
    if (files.length > 0) attempt(() => load(files));
  };
  const { state, ...drag } = useDrag(bring);
  return (
    <div>
      <h3>Model</h3>
      <div class="row">
        <button type="button" onClick={() => attempt(() => save())}>
          Download the model
        </button>
        <button type="button" onClick={() => input.current?.click()}>
          Import a model …
        </button>
        {info?.own && (
          <button type="button" onClick={() => attempt(() => save(true))}>
            Download it as it came
          </button>
        )}
      </div>
      <div class={`drop ${state}`} data-testid="drop" {...drag}>
        Or drop its files here, all at once: simdgrad, Keras, ONNX, PyTorch (safetensors), TensorFlow.js, and JSON of
        scikit-learn or brain.js. It must have the network of this page.
      </div>
      <p role="status" data-testid="said">
        {said}
      </p>
      {notes.length > 0 && (
        <ul class="notes" data-testid="notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <input
        ref={input}
        type="file"
        hidden
        multiple
        aria-label="Model files"
        onChange={({ currentTarget }) => {
          bring([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
        }}
      />
      <h3>Pictures</h3>
      <Pictures setup={setup} engine={engine} attempt={attempt} {...rest} />
      <h3>Program</h3>
      <div class="row">
        <button type="button" class="primary" onClick={() => attempt(copy)}>
          Copy as code
        </button>
        <p class="hint">
          {info?.own
            ? `For Node: it trains the model that was brought, from ${CAME} on, and ends with the same weights.`
            : "For Node: it trains the same network on the same data, and ends with the same weights."}
        </p>
      </div>
      {engine.other && (
        <p class="hint">This is run B of the comparison. For the program of run A, swap A and B first.</p>
      )}
      {frame?.isTuned && (
        <p class="hint">
          Settings were changed while the network trained: this program trains with the last ones from the start, so it
          ends with other weights.
        </p>
      )}
      <textarea readOnly rows={14} spellcheck={false} aria-label="The program" data-testid="code" value={code} />
    </div>
  );
}

interface PicturesProps extends TabProps {
  attempt(work: () => Promise<string>): void;
}

const titles: Record<PictureName, string> = {
  boundary: "Decision boundary",
  curves: "Curves",
  network: "Network",
  confusion: "Confusion matrix",
};

function Pictures({ engine, attempt }: PicturesProps) {
  const { isDark } = useContext(ThemeContext);
  const { problem, logs } = engine;
  const names = (Object.keys(titles) as PictureName[]).filter(
    (name) => problem?.classes || (name !== "boundary" && name !== "confusion"),
  );
  const draw = (name: PictureName) => engine.client.ask<string>({ type: "picture", name, isDark, logs });
  const takeSvg = async (name: PictureName) => {
    download(`${name}.svg`, new Blob([await draw(name)], { type: "image/svg+xml" }));
    return `${name}.svg is among your downloads.`;
  };
  const takePng = async (name: PictureName) => {
    download(`${name}.png`, await svgToPng(await draw(name)));
    return `${name}.png is among your downloads.`;
  };
  const takePlane = async () => {
    download("plane.png", await planePng());
    return "plane.png is among your downloads.";
  };
  return (
    <ul class="pictures">
      {names.map((name) => (
        <li key={name}>
          <span>{titles[name]}</span>
          <button type="button" aria-label={`${titles[name]} as SVG`} onClick={() => attempt(() => takeSvg(name))}>
            SVG
          </button>
          <button type="button" aria-label={`${titles[name]} as PNG`} onClick={() => attempt(() => takePng(name))}>
            PNG
          </button>
        </li>
      ))}
      {!problem?.image && (
        <li>
          <span>The plane as shown</span>
          <button type="button" aria-label="The plane as PNG" onClick={() => attempt(takePlane)}>
            PNG
          </button>
        </li>
      )}
    </ul>
  );
}
