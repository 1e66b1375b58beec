/** The page: its panels, and the state they share. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { EngineError, RowPlace } from "../engine/protocol.js";
import type { OwnName, Setup } from "../setup.js";
import { fromHash, toHash } from "../url.js";
import { Controls } from "./Controls.js";
import { Curves } from "./Curves.js";
import { DataPanel } from "./DataPanel.js";
import { Inspector } from "./Inspector.js";
import { Message } from "./Message.js";
import { NetworkPanel } from "./NetworkPanel.js";
import { OutputPanel } from "./OutputPanel.js";
import { TrainingPanel } from "./TrainingPanel.js";
import { ThemeContext, useTheme } from "./theme.js";
import { useEngine } from "./useEngine.js";
import { useFiles } from "./useFiles.js";

/** The user's own data, and a count of how often they have supplied any. */
interface Brought {
  readonly sources: readonly OwnName[];
  readonly revision: number;
}

export function App() {
  const [{ setup, problems }, setStart] = useState(() => fromHash(location.hash));
  const [brought, setBrought] = useState<Brought>({ sources: [], revision: 0 });
  const [row, setRow] = useState<RowPlace | null>(null);
  const engine = useEngine(setup, brought.revision);
  const theme = useTheme();

  const change = (part: Partial<Setup>) => {
    const next = { ...setup, ...part };
    setStart({ setup: next, problems: [] });
    history.replaceState(null, "", `#${toHash(next)}`);
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
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => setRow(null), [engine.info]);

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
    () => <Inspector setup={setup} engine={engine} row={row} onRow={setRow} />,
    [setup, problem, slow, logs, row, atRest],
  );
  const curves = useMemo(() => <Curves logs={logs} isClasses={problem?.classes != null} />, [logs, problem]);

  const ofLink: EngineError | null = problems.length
    ? { message: `Some of this link made no sense and was left out: ${problems.join("; ")}.`, remedy: null }
    : null;
  return (
    <ThemeContext.Provider value={theme}>
      <button type="button" class="skip" onClick={() => document.getElementById("network")?.focus()}>
        Skip to the network
      </button>
      <Controls engine={engine} onTheme={theme.toggle} />
      {ofLink && <Message error={ofLink} onRemedy={remedy} onClose={() => setStart({ setup, problems: [] })} />}
      {engine.error && <Message error={engine.error} onRemedy={remedy} onClose={() => engine.tell(null)} />}
      <main>
        {dataPanel}
        <NetworkPanel setup={setup} engine={engine} onChange={change} />
        <div class="side">
          <OutputPanel setup={setup} engine={engine} onChange={change} onRow={setRow} />
          {curves}
        </div>
        {trainingPanel}
        {inspector}
      </main>
      {files.view}
      <footer>
        <p>
          A network trains here, in this tab: nothing is sent anywhere. Built on{" "}
          <a href="https://www.npmjs.com/package/simdgrad">simdgrad</a>.
        </p>
      </footer>
    </ThemeContext.Provider>
  );
}
