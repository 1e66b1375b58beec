/** The page: its panels, and the state they share. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { EngineError, RowPlace } from "../engine/protocol.js";
import { type Panel, pageOptions, splitHash } from "../pageOptions.js";
import type { OwnName, Setup } from "../setup.js";
import { fromHash, toHash } from "../url.js";
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

export function App() {
  const [{ setup, problems }, setStart] = useState(() => fromHash(location.hash));
  const [brought, setBrought] = useState<Brought>({ sources: [], revision: 0 });
  const [row, setRow] = useState<RowPlace | null>(null);
  /** The sample that goes through the diagram step by step. */
  const [point, setPoint] = useState<RowPlace | null>(null);
  const engine = useEngine(setup, brought.revision);
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

  const change = (part: Partial<Setup>) => {
    const next = { ...setup, ...part };
    setStart({ setup: next, problems: [] });
    // One entry of the history for a slider that is dragged.
    const keys = Object.keys(part).join();
    const goesOn = lastChange.current.keys === keys && performance.now() - lastChange.current.at < SAME_CHANGE;
    lastChange.current = { keys, at: performance.now() };
    const hash = [splitHash(location.hash).page, toHash(next)].filter((each) => each !== "").join("&");
    if (goesOn) history.replaceState(null, "", `#${hash}`);
    else history.pushState(null, "", `#${hash}`);
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
    const follow = () => setStart(fromHash(location.hash));
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
  const curves = useMemo(() => <Curves logs={logs} isClasses={problem?.classes != null} />, [logs, problem]);

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
        {ofLink && <Message error={ofLink} onRemedy={remedy} onClose={() => setStart({ setup, problems: [] })} />}
        {engine.error && <Message error={engine.error} onRemedy={remedy} onClose={() => engine.tell(null)} />}
        <main>
          {!options.embed && <Intro options={options} logs={logs} />}
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
