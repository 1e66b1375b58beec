/** The engine as a page's state: receives its events, and requests its frames at the rate of the screen. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Client } from "../engine/client.js";
import { thinned } from "../engine/logs.js";
import type { EngineError, EngineInfo, EpochLog, Frame, ProblemView, UnitPlace } from "../engine/protocol.js";
import { defaults, type OwnName, type Setup } from "../setup.js";

/** Side of the decision boundary, and of each unit's map. */
const BOUNDARY = 100;
const MAP = 24;
/** Milliseconds between two looks at things that change slowly: weights, results. */
const SLOW = 400;
/** Milliseconds between two drawings of the curves. */
const CURVES = 100;
/** Approximate number of epochs that are drawn. */
const MOST_LOGS = 1000;

export interface EngineState {
  readonly problem: ProblemView | null;
  readonly info: EngineInfo | null;
  readonly frame: Frame | null;
  /** Details that `frame` may lack, because they are requested less often. */
  readonly slow: Pick<Frame, "weights" | "health" | "threads" | "results"> | null;
  readonly logs: readonly EpochLog[];
  readonly error: EngineError | null;
  /** The files that the setup is about, and that are not here. */
  readonly missing: OwnName | null;
  /** The enlarged unit. */
  readonly unit: UnitPlace | null;
}

const EMPTY: EngineState = {
  problem: null,
  info: null,
  frame: null,
  slow: null,
  logs: [],
  error: null,
  missing: null,
  unit: null,
};

export interface EngineHandle extends EngineState {
  readonly client: Client;
  play(): void;
  pause(): void;
  step(): void;
  epoch(): void;
  /** Starts over. */
  reset(): void;
  tell(error: EngineError | null): void;
  /** Enlarges a unit, or none. */
  choose(unit: UnitPlace | null): void;
  /** Plays as soon as the next setup is open. */
  playNext(): void;
}

/** True if both describe the same run, seen along different axes. */
function areTurned(a: Setup, b: Setup): boolean {
  const keys = Object.keys(defaults) as (keyof Setup)[];
  const changed = keys.filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
  return changed.length === 1 && changed[0] === "axes";
}

/** `revision` counts the data that the user has supplied: the same setup may mean other data. */
export function useEngine(setup: Setup, revision: number): EngineHandle {
  const [state, setState] = useState<EngineState>(EMPTY);
  const isWaiting = useRef(false);
  const slowAt = useRef(0);
  /** Epochs not drawn yet, and the time of the last drawing. */
  const newLogs = useRef<EpochLog[]>([]);
  const logsAt = useRef(0);
  const playsNext = useRef(false);
  const seen = useRef(state);
  seen.current = state;
  const client = useRef<Client>(null as never);
  client.current ??= new Client({
    onOpened(problem, info) {
      newLogs.current = [];
      setState((last) => ({ ...EMPTY, error: last.error, problem, info }));
      seen.current = { ...seen.current, problem, unit: null };
      rest();
    },
    onTurned(problem) {
      setState((last) => ({ ...last, problem }));
      rest();
    },
    onMissing(source) {
      newLogs.current = [];
      setState({ ...EMPTY, missing: source });
      seen.current = { ...seen.current, problem: null, unit: null };
      isWaiting.current = false;
    },
    onFrame(frame) {
      isWaiting.current = false;
      newLogs.current.push(...frame.logs);
      const isDue = newLogs.current.length > 0 && (!frame.isRunning || performance.now() - logsAt.current > CURVES);
      const added = isDue ? newLogs.current : [];
      if (isDue) {
        newLogs.current = [];
        logsAt.current = performance.now();
      }
      setState((last) => ({
        ...last,
        frame,
        slow: frame.weights ? frame : last.slow,
        logs: isDue ? thinned([...last.logs, ...added], MOST_LOGS) : last.logs,
      }));
    },
    onError(error) {
      isWaiting.current = false;
      setState((last) => ({ ...last, error }));
      rest();
    },
  });

  const look = useCallback(() => {
    if (isWaiting.current) return;
    isWaiting.current = true;
    const { problem, unit } = seen.current;
    const isSlow = performance.now() - slowAt.current > SLOW;
    if (isSlow) slowAt.current = performance.now();
    const boundary = problem?.image && !unit ? 0 : BOUNDARY;
    client.current.look({ boundary, unit, maps: MAP, weights: isSlow, results: isSlow });
  }, []);

  /** A last look at everything, once the run has come to rest. */
  const rest = useCallback(() => {
    slowAt.current = -SLOW;
    isWaiting.current = false;
    look();
  }, [look]);

  const reset = useCallback(() => {
    setState((last) => ({ ...last, error: null }));
    client.current.send({ type: "open", setup });
    if (playsNext.current) client.current.send({ type: "play" });
    playsNext.current = false;
  }, [setup]);

  const last = useRef<{ setup: Setup; revision: number } | null>(null);
  useEffect(() => {
    const before = last.current;
    last.current = { setup, revision };
    if (before?.revision === revision && areTurned(before.setup, setup)) {
      client.current.send({ type: "axes", axes: setup.axes });
    } else reset();
  }, [setup, revision, reset]);

  const isRunning = state.frame?.isRunning ?? false;
  useEffect(() => {
    if (!isRunning) return;
    let request = requestAnimationFrame(function next() {
      look();
      request = requestAnimationFrame(next);
    });
    return () => {
      cancelAnimationFrame(request);
      rest();
    };
  }, [isRunning, look, rest]);

  const send = (type: "play" | "pause" | "step" | "epoch") => () => {
    setState((last) => ({ ...last, error: null }));
    client.current.send({ type });
    rest();
  };
  return {
    ...state,
    client: client.current,
    play: send("play"),
    pause: send("pause"),
    step: send("step"),
    epoch: send("epoch"),
    reset,
    tell: (error) => setState((last) => ({ ...last, error })),
    choose(unit) {
      setState((last) => ({ ...last, unit }));
      seen.current = { ...seen.current, unit };
      rest();
    },
    playNext() {
      playsNext.current = true;
    },
  };
}
