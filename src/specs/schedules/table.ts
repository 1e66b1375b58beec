/** The table of the schedules that every program has: one entry per type. `more.ts` adds the others. */
import { cosineDecayDefinition, cosineDecayRestartsDefinition } from "./cosine.js";
import {
  exponentialDecayDefinition,
  inverseTimeDecayDefinition,
  piecewiseConstantDecayDefinition,
  polynomialDecayDefinition,
} from "./decay.js";

export const scheduleTable = {
  exponentialDecay: exponentialDecayDefinition,
  inverseTimeDecay: inverseTimeDecayDefinition,
  piecewiseConstantDecay: piecewiseConstantDecayDefinition,
  polynomialDecay: polynomialDecayDefinition,
  cosineDecay: cosineDecayDefinition,
  cosineDecayRestarts: cosineDecayRestartsDefinition,
};

/** Makes schedules known by their names. Their factories do so: a program that never calls one does not carry it. */
export function addSchedules(definitions: object): void {
  Object.assign(scheduleTable, definitions);
}
