/** The records of penalties and constraints, once `model/parts.ts` has loaded them: before the first such program. */
export const rules = {} as typeof import("../specs/ruleRecords.js");
