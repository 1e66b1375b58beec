/** The head of the page: play, step, start over; progress and speed; theme and link. */
import { useLayoutEffect, useState } from "preact/hooks";
import { tempos } from "../engine/pace.js";
import { counted } from "../numbers.js";
import { copyText } from "./copyText.js";
import { Switch } from "./fields.js";
import { LessonPlace } from "./LessonPlace.js";
import { recall, remember } from "./memory.js";
import { tempoNames } from "./tempoNames.js";
import type { EngineHandle } from "./useEngine.js";
import type { Player } from "./usePlayer.js";

interface Props {
  readonly engine: EngineHandle;
  readonly player: Player;
  onTheme(): void;
}

const round = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, notation: "compact" });

/** The backend of the model, in a few words. */
function describeEngine({ info, slow, client, missing }: EngineHandle): string {
  if (!info) return missing ? "waiting for your file" : "loading …";
  const simd = info.variant?.startsWith("relaxed") ? "relaxed SIMD" : "SIMD";
  const core = info.backend === "wasm" ? `WebAssembly ${simd}` : "plain JavaScript";
  const place = client.reason ? `on the page's thread: ${client.reason}` : "in a worker";
  return `${core}, ${describeThreads(slow?.threads?.threads ?? 1)}, ${place} · ${info.parameters.toLocaleString("en")} weights`;
}

function describeThreads(threads: number): string {
  if (threads > 1) return `${threads} threads`;
  return crossOriginIsolated ? "one thread" : "one thread (the host does not isolate the page)";
}

export function Controls({ engine, player, onTheme }: Props) {
  const [hasKeys, setHasKeys] = useState(() => recall("keys") !== "off");
  const [isCopied, setCopied] = useState(false);
  const { frame, info } = engine;
  const isRunning = frame?.isRunning ?? false;
  const toggle = () => (isRunning ? engine.pause() : engine.play());

  // Before the page is painted: a key that is pressed as soon as a state is seen must act on that state.
  useLayoutEffect(() => {
    if (!hasKeys) return;
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = target.closest(
        "input:not([type=range], [type=radio], [type=checkbox]), select, textarea, dialog",
      );
      // A space presses the focused button.
      const isPressing = event.key === " " && target.closest("button, a, input");
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping || isPressing) return;
      if (event.key === " ") toggle();
      else if (event.key === "s" && !isRunning) engine.step();
      else if (event.key === "e" && !isRunning) engine.epoch();
      else if (event.key === "r") engine.reset();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  const share = async () => {
    try {
      await copyText(location.href);
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    } catch (error) {
      engine.tell({ message: `${(error as Error).message} The link is in the address bar.`, remedy: null });
    }
  };
  return (
    <header>
      <h1>
        simdgrad <span>playground</span>
      </h1>
      <fieldset class="transport" aria-label="Run">
        <button type="button" onClick={engine.reset} title="Begin anew (r)">
          Reset
        </button>
        <button type="button" class="primary" onClick={toggle} disabled={!info} title="Play or pause (space)">
          {isRunning ? "Pause" : "Play"}
        </button>
        <button type="button" onClick={engine.step} disabled={!info || isRunning} title="One batch (s)">
          Step
        </button>
        <button type="button" onClick={engine.epoch} disabled={!info || isRunning} title="One pass over the data (e)">
          Epoch
        </button>
        <label class="tempo">
          <input
            type="range"
            min={0}
            max={tempos.length - 1}
            value={tempos.indexOf(player.tempo)}
            aria-label="Speed"
            aria-valuetext={tempoNames[player.tempo]}
            onInput={({ currentTarget }) => player.onTempo(tempos[Number(currentTarget.value)])}
          />
          <span>{tempoNames[player.tempo]}</span>
        </label>
      </fieldset>
      <dl class="state">
        <div>
          <dt>Epoch</dt>
          <dd data-testid="epoch">
            {frame?.epoch ?? 0}
            {frame && frame.step > 0 && <small>{` + ${frame.step}/${frame.stepsPerEpoch}`}</small>}
          </dd>
        </div>
        <div>
          <dt>Samples/s</dt>
          <dd>{frame?.samplesPerSecond ? round.format(frame.samplesPerSecond) : "–"}</dd>
        </div>
        <div>
          <dt title="Names all weights: the same link, epoch and hash mean the same bits">Weights hash</dt>
          <dd data-testid="hash">
            <code>{frame?.hash ?? "–"}</code>
          </dd>
        </div>
      </dl>
      <div class="aside">
        <button type="button" onClick={() => void share()}>
          {isCopied ? "Copied" : "Copy link"}
        </button>
        <button type="button" onClick={onTheme}>
          Theme
        </button>
        <details class="more">
          <summary>More</summary>
          <div>
            <Switch label="Stop when the test loss is flat" value={player.stops} onChange={player.onStops} />
            <Switch
              label="Keys: space, s, e, r"
              value={hasKeys}
              onChange={(isOn) => {
                setHasKeys(isOn);
                remember("keys", isOn ? "on" : "off");
              }}
            />
            <LessonPlace isClasses={engine.problem?.classes != null} />
          </div>
        </details>
      </div>
      <p class="said" role="status" data-testid="stopped">
        {frame?.stopped && !isRunning && <>{`Stopped after epoch ${frame.epoch}: ${frame.stopped}. Play goes on. `}</>}
        {engine.left > 0 && !isRunning && (
          <>
            {`Reset after ${counted(engine.left, "epoch")}. `}
            <button type="button" onClick={engine.undo}>
              Undo reset
            </button>
          </>
        )}
      </p>
      <p class="engine" role="status" aria-label="Engine" title={engine.slow?.threads?.threadsReason}>
        {describeEngine(engine)}
      </p>
    </header>
  );
}
