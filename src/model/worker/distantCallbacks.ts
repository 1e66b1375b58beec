/** The caller's callbacks as `fit` in the worker sees them: each hook is a question, and training waits for its answer. */
import { BackendError } from "../../errors.js";
import type { Callback, CallbackState, HookName, Trainer, TrainerNeed } from "../callbacks/callback.js";
import { type DistantCallback, type HookAnswer, type HookCall, type TrainerData, toPlainError } from "./protocol.js";

/** A hook that waits for the caller. */
export interface Ask {
  readonly call: HookCall;
  answer(answer: HookAnswer): void;
  /** What the trainer gives where it stands. */
  read(needs: readonly TrainerNeed[]): TrainerData;
}

/** The way to the caller. */
export interface Link {
  ask(ask: Ask): void;
  setState(index: number, state: CallbackState): void;
}

/** Stand-ins for the callbacks, in their order. */
export function distantCallbacks(callbacks: readonly DistantCallback[], link: Link): Callback[] {
  return callbacks.map((callback, index) => standIn(callback, index, link));
}

function standIn({ name, hooks, state: first }: DistantCallback, index: number, link: Link): Callback {
  let trainer: Trainer;
  let state = first;
  // Rows of the epoch before the running step, and with it.
  let [begun, done] = [0, 0];

  const read = (needs: readonly TrainerNeed[]): TrainerData => ({
    weights: needs.includes("weights") ? trainer.snapshot() : null,
    file: needs.includes("file") ? trainer.save() : null,
    step: needs.includes("step") ? trainer.inspect(done - begun) : null,
  });

  async function ask(hook: HookName, more: Partial<HookCall> = {}): Promise<HookAnswer> {
    const { stopTraining, learningRate, isInterrupted, initialEpoch, epochs, metrics, validationFreq } = trainer;
    const fit = { initialEpoch, epochs, metrics, validationFreq };
    const state = { stopTraining, learningRate, isInterrupted, ...fit };
    const call: HookCall = { index, hook, args: [], logs: null, error: null, ...more, state };
    const given = await new Promise<HookAnswer>((answer) => link.ask({ call, answer, read }));
    if (given.hasFailed) throw new BackendError("A callback of the caller failed.");
    await apply(given);
    return given;
  }

  async function apply(answer: HookAnswer): Promise<void> {
    const { stopTraining, learningRate, resumeFrom, restore, state: remembered } = answer;
    trainer.stopTraining = stopTraining;
    if (learningRate !== null) trainer.learningRate = learningRate;
    if (resumeFrom) await trainer.resumeFrom(resumeFrom);
    if (restore) trainer.restore(restore);
    state = remembered;
  }

  const asking: Callback = {
    onEpochBegin: (epoch) => ask("onEpochBegin", { args: [epoch] }),
    onBatchEnd: (position, logs) => {
      done = position.rows;
      return ask("onBatchEnd", { args: [position], logs: { ...logs() } });
    },
    onEpochEnd: (epoch, logs) => ask("onEpochEnd", { args: [epoch], logs: { ...logs } }),
    onTrainEnd: () => ask("onTrainEnd"),
    onNonFinite: async (error) => (await ask("onNonFinite", { error: toPlainError(error) })).isForgiven,
  };
  const listened = Object.entries(asking).filter(([hook]) => hooks.includes(hook as HookName));
  const isListening = (hook: HookName) => hooks.includes(hook);
  return {
    ...Object.fromEntries(listened),
    onTrainBegin: (given) => {
      trainer = given;
      return isListening("onTrainBegin") ? ask("onTrainBegin") : null;
    },
    ...(isListening("onBatchBegin") || isListening("onBatchEnd")
      ? {
          onBatchBegin: (position) => {
            begun = position.rows;
            done = begun;
            return isListening("onBatchBegin") ? ask("onBatchBegin", { args: [position] }) : null;
          },
        }
      : {}),
    ...(first === null
      ? {}
      : {
          name: name as string,
          getState: () => state as CallbackState,
          setState: (given) => {
            state = given;
            link.setState(index, given);
          },
        }),
  };
}
