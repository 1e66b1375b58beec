/** The engine as a page's state: receives its events, and requests its frames at the rate of the screen. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Client } from "../engine/client.js";
import { thinned } from "../engine/logs.js";
import type { Manner } from "../engine/pace.js";
import type {
  EngineError,
  EngineInfo,
  EpochLog,
  Frame,
  OtherFrame,
  OtherView,
  ProblemView,
  UnitPlace,
} from "../engine/protocol.js";
import { differing, type OwnName, type Setup } from "../setup.js";

/** Side of the decision boundary, and of each unit's map. */
const BOUNDARY = 100;
const MAP = 24;
/** Side of the boundary at rest, for models that are quick enough and rows that are narrow enough. */
const CRISP = 400;
const CRISP_COST = 40;
const CRISP_COLUMNS = 8;
/** Milliseconds of rest before that look, which costs more than an epoch: whoever presses on does not wait for it. */
const CALM = 300;
/** Milliseconds between two looks at things that change slowly: weights, results. */
const SLOW = 400;
/** Milliseconds of a frame of a usual screen. */
const FRAME = 17;
/** Milliseconds between two drawings of the curves. */
const CURVES = 100;
/** Approximate number of epochs that are drawn. */
const MOST_LOGS = 1000;

export interface EngineState {
  readonly problem: ProblemView | null;
  /** The setup with which this run began. */
  readonly opened: Setup | null;
  readonly info: EngineInfo | null;
  readonly frame: Frame | null;
  /** Details that `frame` may lack, because they are requested less often. */
  readonly slow: Pick<Frame, "weights" | "health" | "threads" | "results" | "moments"> | null;
  readonly logs: readonly EpochLog[];
  readonly error: EngineError | null;
  /** The files that the setup is about, and that are not here. */
  readonly missing: OwnName | null;
  /** The enlarged unit. */
  readonly unit: UnitPlace | null;
  /** Epochs of the run that Reset has left, and that Undo brings back. */
  readonly left: number;
  /** Run A of a comparison. */
  readonly other: OtherRun | null;
}

export interface OtherRun extends OtherView {
  readonly frame: OtherFrame | null;
}

const EMPTY: EngineState = {
  problem: null,
  opened: null,
  info: null,
  frame: null,
  slow: null,
  logs: [],
  error: null,
  missing: null,
  unit: null,
  left: 0,
  other: null,
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
  /** Brings back the run that Reset has left. */
  undo(): void;
  /** Keeps the present run as run A, and begins another one of the same setup beside it. */
  keep(): void;
  /** Begins both runs of a comparison anew. */
  restart(): void;
  /** Run A becomes the present one, with these setups from now on. */
  exchange(setup: Setup, other: Setup): void;
  /** Shows the model as it was after an epoch. */
  seek(epoch: number): void;
  manner(manner: Manner): void;
  /** Changes a weight by hand: its tensor, its place there. */
  edit(name: string, place: number, value: number): void;
}

/** Settings that a run takes over without beginning anew. */
const LIVE: readonly (keyof Setup)[] = ["learningRate", "batchSize", "regularization", "regularizationRate"];

/**
 * `other` is run A of a comparison; `revision` counts the data that the user has supplied: the same setup may mean other
 * data.
 */
export function useEngine(setup: Setup, other: Setup | null, revision: number): EngineHandle {
  const [state, setState] = useState<EngineState>(EMPTY);
  const isWaiting = useRef(false);
  const slowAt = useRef(0);
  const lookedAt = useRef(0);
  /** Milliseconds of the last looks of each kind, in the engine and on the page. */
  const costs = useRef({ quick: 0, slow: 0, quickPage: 0, slowPage: 0 });
  /** Milliseconds by which frames have come late since the last look, and that look's kind. */
  const late = useRef({ by: 0, isSlow: false });
  /** Epochs not drawn yet, and the time of the last drawing. */
  const newLogs = useRef<EpochLog[]>([]);
  const otherLogs = useRef<EpochLog[]>([]);
  const logsAt = useRef(0);
  const playsNext = useRef(false);
  const calm = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const seen = useRef(state);
  seen.current = state;
  const client = useRef<Client>(null as never);
  client.current ??= new Client({
    onOpened({ setup: opened, problem, info, logs }) {
      newLogs.current = [];
      const kept = ({ error, left, other }: EngineState) => ({ error, left, other });
      setState((last) => ({ ...EMPTY, ...kept(last), opened, problem, info, logs }));
      seen.current = { ...seen.current, problem, unit: null };
      rest();
    },
    onTurned(problem) {
      setState((last) => ({ ...last, problem }));
      rest();
    },
    onCompared(run) {
      otherLogs.current = [];
      setState((last) => ({ ...last, other: run && { ...run, frame: null } }));
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
      costs.current = { ...costs.current, [frame.weights ? "slow" : "quick"]: frame.cost };
      newLogs.current.push(...frame.logs);
      otherLogs.current.push(...(frame.other?.logs ?? []));
      if (!frame.isRunning && frame.weights) sharpen(frame.cost);
      const hasNew = newLogs.current.length + otherLogs.current.length > 0;
      const isDue = hasNew && (!frame.isRunning || performance.now() - logsAt.current > CURVES);
      const [added, addedToOther] = isDue ? [newLogs.current, otherLogs.current] : [[], []];
      if (isDue) {
        newLogs.current = [];
        otherLogs.current = [];
        logsAt.current = performance.now();
      }
      const drawn = (logs: readonly EpochLog[], more: readonly EpochLog[]) =>
        more.length > 0 ? thinned(joined(logs, more), MOST_LOGS) : logs;
      setState((last) => ({
        ...last,
        frame,
        slow: frame.weights ? frame : last.slow,
        left: frame.isRunning && frame.epoch > 0 ? 0 : last.left,
        logs: drawn(last.logs, added),
        other: last.other && { ...last.other, frame: frame.other, logs: drawn(last.other.logs, addedToOther) },
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
    const { problem, unit } = seen.current;
    const now = performance.now();
    const { quick, slow, quickPage, slowPage } = costs.current;
    // Looks take at most half of the engine's time and a third of the page's, the slow ones a tenth.
    const isSlow = now - slowAt.current > 10 * Math.max(SLOW / 10, slow, slowPage);
    if (now - lookedAt.current < Math.max(2 * quick, 3 * (late.current.isSlow ? slowPage : quickPage))) return;
    const kind = late.current.isSlow ? "slowPage" : "quickPage";
    costs.current[kind] = 0.7 * costs.current[kind] + 0.3 * late.current.by;
    late.current = { by: 0, isSlow };
    isWaiting.current = true;
    lookedAt.current = now;
    if (isSlow) slowAt.current = now;
    const boundary = problem?.image && !unit ? 0 : BOUNDARY;
    client.current.look({ boundary, unit, maps: MAP, weights: isSlow, results: isSlow });
  }, []);

  /** Looks once more at the plane, closely. */
  const sharpen = (cost: number) => {
    const { problem, unit } = seen.current;
    const isNarrow = problem && !problem.image && problem.columns.length <= CRISP_COLUMNS;
    if (!isNarrow || cost > CRISP_COST) return;
    clearTimeout(calm.current);
    calm.current = setTimeout(() => {
      if (isWaiting.current || seen.current.problem !== problem || seen.current.frame?.isRunning) return;
      client.current.look({ boundary: CRISP, unit, maps: MAP, weights: false, results: false });
    }, CALM);
  };

  /** A last look at everything, once the run has come to rest. */
  const rest = useCallback(() => {
    slowAt.current = lookedAt.current = -Infinity;
    isWaiting.current = false;
    look();
  }, [look]);

  const open = useCallback(
    (isFresh: boolean) => {
      setState((last) => ({ ...last, error: null, left: isFresh ? (last.frame?.epoch ?? 0) : 0 }));
      client.current.send({ type: "open", setup, isFresh });
      if (playsNext.current) client.current.send({ type: "play" });
      playsNext.current = false;
    },
    [setup],
  );
  const reset = useCallback(() => open(true), [open]);

  const last = useRef<{ setup: Setup; revision: number } | null>(null);
  useEffect(() => {
    const before = last.current;
    last.current = { setup, revision };
    const changed = before?.revision === revision ? differing(before.setup, setup) : [];
    const { frame } = seen.current;
    // A run that has diverged has nothing to go on with.
    const isLost = playsNext.current || seen.current.error?.remedy != null;
    const hasBegun = !isLost && frame !== null && (frame.isRunning || frame.epoch > 0 || frame.step > 0);
    if (changed.length === 1 && changed[0] === "axes") client.current.send({ type: "axes", axes: setup.axes });
    else if (!other && hasBegun && changed.length > 0 && changed.every((key) => LIVE.includes(key))) {
      setState((last) => ({ ...last, error: null }));
      client.current.send({ type: "tune", setup });
      rest();
    } else if (before?.revision !== revision || changed.length > 0) {
      if (frame?.isRunning) playsNext.current = true;
      open(false);
    }
  }, [setup, revision, open, rest]);

  const otherText = JSON.stringify(other);
  const lastOther = useRef({ text: "null", revision });
  useEffect(() => {
    const isOtherData = lastOther.current.revision !== revision;
    const isKnown = lastOther.current.text === otherText && (!isOtherData || !other);
    lastOther.current = { text: otherText, revision };
    if (!isKnown) client.current.send({ type: "compare", setup: other, isFresh: isOtherData });
  }, [otherText, revision]);

  const isRunning = state.frame?.isRunning ?? false;
  useEffect(() => {
    if (!isRunning) return;
    let before = performance.now();
    let request = requestAnimationFrame(function next(now) {
      late.current.by += Math.max(0, now - before - FRAME);
      before = now;
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
    undo() {
      setState((last) => ({ ...last, error: null, left: 0 }));
      client.current.send({ type: "restore" });
    },
    keep() {
      setState((last) => ({ ...last, left: 0 }));
      client.current.send({ type: "keep" });
    },
    restart() {
      playsNext.current = isRunning;
      open(true);
      client.current.send({ type: "compare", setup: other, isFresh: true });
    },
    exchange(to, from) {
      last.current = { setup: to, revision };
      lastOther.current = { text: JSON.stringify(from), revision };
      client.current.send({ type: "exchange" });
    },
    seek(epoch) {
      client.current.send({ type: "seek", epoch });
      rest();
    },
    edit(name, place, value) {
      setState((last) => ({ ...last, error: null }));
      client.current.send({ type: "edit", name, place, value });
      rest();
    },
    manner: useCallback((manner: Manner) => client.current.send({ type: "manner", manner }), []),
  };
}

/** Logs with those of newer epochs; a run that was taken back replaces what came later. */
function joined(logs: readonly EpochLog[], added: readonly EpochLog[]): readonly EpochLog[] {
  const [first] = added;
  if (!first || !logs.some(({ epoch }) => epoch >= first.epoch)) return [...logs, ...added];
  return [...logs.filter(({ epoch }) => epoch < first.epoch), ...added];
}
