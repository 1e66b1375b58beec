/** The page: its panels, and the state they share. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { EngineError, RowPlace } from "../engine/protocol.js";
import { type Panel, pageOptions, splitHash } from "../pageOptions.js";
import { type OwnName, onDataOf, type Setup } from "../setup.js";
import { fromHash, otherFromHash, toHash } from "../url.js";
import { ComparePlace } from "./ComparePlace.js";
import { Controls } from "./Controls.js";
import { CoursePlace } from "./CoursePlace.js";
import { Curves } from "./Curves.js";
import { DataPanel } from "./DataPanel.js";
import { Footer } from "./Footer.js";
import { Inspector } from "./Inspector.js";
import { Intro } from "./Intro.js";
import { Message } from "./Message.js";
import { NetworkPanel } from "./NetworkPanel.js";
import { OutputPanel } from "./OutputPanel.js";
import { TrainingPanel } from "./TrainingPanel.js";
import { ThemeContext, useTheme } from "./theme.js";
import { useEngine } from "./useEngine.js";
import { useFiles } from "./useFiles.js";
import { usePinned } from "./usePinned.js";
import { usePlayer } from "./usePlayer.js";

/** Milliseconds within which changes of one setting are one step of the history. */
const SAME_CHANGE = 1500;

/** The user's own data, and a count of how often they have supplied any. */
interface Brought {
  readonly sources: readonly OwnName[];
  readonly revision: number;
}

/** What the address asks for: a setup, and run A to compare it with. */
interface Start {
  readonly setup: Setup;
  readonly other: Setup | null;
  readonly problems: readonly string[];
}

function startOf(hash: string): Start {
  const { setup, problems } = fromHash(hash);
  const { other, problems: ofOther } = otherFromHash(hash, setup);
  return { setup, other, problems: [...problems, ...ofOther] };
}

export function App() {
  const [{ setup, other, problems }, setStart] = useState(() => startOf(location.hash));
  const [brought, setBrought] = useState<Brought>({ sources: [], revision: 0 });
  const [row, setRow] = useState<RowPlace | null>(null);
  /** The sample that goes through the diagram step by step. */
  const [point, setPoint] = useState<RowPlace | null>(null);
  const engine = useEngine(setup, other, brought.revision);
  const theme = useTheme();
  const page = useRef<HTMLDivElement>(null);
  usePinned(page);

  const options = useMemo(() => pageOptions(location.search, location.hash), []);
  const player = usePlayer(engine, setup, options);
  const shows = (panel: Panel) =>
    !options.hide.includes(panel) && !(options.embed && ["data", "training", "curves", "inspector"].includes(panel));
  useEffect(() => {
    document.documentElement.classList.toggle("embed", options.embed);
  }, []);
  const lastChange = useRef({ keys: "", at: 0 });

  const hashOf = (start: Omit<Start, "problems">) =>
    `#${[splitHash(location.hash).page, toHash(start.setup, start.other)].filter((each) => each !== "").join("&")}`;
  const change = (part: Partial<Setup>) => {
    const next = { ...setup, ...part };
    const start = { setup: next, other: other && onDataOf(next, other) };
    setStart({ ...start, problems: [] });
    // One entry of the history for a slider that is dragged.
    const keys = Object.keys(part).join();
    const goesOn = lastChange.current.keys === keys && performance.now() - lastChange.current.at < SAME_CHANGE;
    lastChange.current = { keys, at: performance.now() };
    if (goesOn) history.replaceState(null, "", hashOf(start));
    else history.pushState(null, "", hashOf(start));
  };
  /** Begins, turns or ends a comparison: a step of the history. */
  const compare = (start: Omit<Start, "problems">) => {
    setStart({ ...start, problems: [] });
    lastChange.current = { keys: "", at: 0 };
    history.pushState(null, "", hashOf(start));
  };
  const compareButton = useRef<HTMLButtonElement>(null);
  const hasBegun = useRef(false);
  const isComparing = other !== null;
  const wasComparing = useRef(isComparing);
  useEffect(() => {
    // The focus was on what is closed now.
    if (!isComparing && wasComparing.current && document.activeElement === document.body)
      compareButton.current?.focus();
    wasComparing.current = isComparing;
  }, [isComparing]);
  const comparison = {
    isNew: hasBegun.current,
    keep() {
      hasBegun.current = true;
      engine.keep();
      compare({ setup, other: setup });
    },
    exchange() {
      if (!other) return;
      engine.exchange(other, setup);
      compare({ setup: other, other: setup });
    },
    end: () => compare({ setup, other: null }),
  };
  const bring = (source: OwnName, part: Partial<Setup> = {}) => {
    setBrought(({ sources, revision }) => ({ sources: [...new Set([...sources, source])], revision: revision + 1 }));
    change({ ...part, source });
  };
  const files = useFiles(engine, bring);
  const remedy = (part: Partial<Setup>) => {
    engine.playNext();
    change(part);
  };

  useEffect(() => {
    const follow = () => setStart(startOf(location.hash));
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  useEffect(() => {
    setRow(null);
    setPoint(null);
  }, [engine.info]);

  // Frames come sixty times a second: parts that they do not change are not rendered again.
  const { problem, info, slow, logs, frame } = engine;
  const atRest = frame?.isRunning ? null : frame;
  const dataPanel = useMemo(
    () => <DataPanel setup={setup} engine={engine} brought={brought.sources} onChange={change} onFiles={files.take} />,
    [setup, brought, problem],
  );
  const trainingPanel = useMemo(
    () => <TrainingPanel setup={setup} engine={engine} onChange={change} />,
    [setup, problem, info],
  );
  const inspector = useMemo(
    () => <Inspector setup={setup} engine={engine} row={row} onRow={setRow} onPoint={setPoint} />,
    [setup, problem, slow, logs, row, atRest],
  );
  const curves = useMemo(
    () =>
      other ? (
        <ComparePlace part="CompareCurves" setup={setup} engine={engine} player={player} {...comparison} />
      ) : (
        <Curves logs={logs} isClasses={problem?.classes != null}>
          <button
            ref={compareButton}
            type="button"
            title="Keeps these curves as run A; the settings are then those of run B"
            disabled={!info}
            onClick={comparison.keep}
          >
            Compare …
          </button>
        </Curves>
      ),
    [logs, problem, info, setup, other, engine.other?.logs],
  );

  const ofLink: EngineError | null = problems.length
    ? { message: `Some of this link made no sense and was left out: ${problems.join("; ")}.`, remedy: null }
    : null;
  return (
    <ThemeContext.Provider value={theme}>
      <div class="page" ref={page}>
        <button type="button" class="skip" onClick={() => document.getElementById("network")?.focus()}>
          Skip to the network
        </button>
        <Controls engine={engine} player={player} onTheme={theme.toggle} />
        {ofLink && (
          <Message error={ofLink} onRemedy={remedy} onClose={() => setStart({ setup, other, problems: [] })} />
        )}
        {engine.error && <Message error={engine.error} onRemedy={remedy} onClose={() => engine.tell(null)} />}
        <main>
          {!options.embed && <Intro options={options} logs={logs} isClasses={problem?.classes != null} />}
          {!options.embed && <CoursePlace setup={setup} engine={engine} chapter={options.chapter} onChange={change} />}
          {shows("data") && dataPanel}
          {shows("network") && (
            <NetworkPanel
              setup={setup}
              engine={engine}
              onChange={change}
              point={point}
              onPoint={setPoint}
              onRow={setRow}
            />
          )}
          <div class="side">
            {shows("output") && (
              <OutputPanel
                setup={setup}
                engine={engine}
                hasTimeLine={shows("timeline")}
                onChange={change}
                point={point}
                onRow={shows("network") && !options.embed ? setPoint : setRow}
              />
            )}
            {other && <ComparePlace part="Compare" setup={setup} engine={engine} player={player} {...comparison} />}
            {shows("curves") && curves}
          </div>
          {shows("training") && trainingPanel}
          {shows("inspector") && inspector}
        </main>
        <Footer />
      </div>
      {files.view}
    </ThemeContext.Provider>
  );
}
