/** The parts that only some models need, in one file. */

export { fills } from "../specs/initializers/fills.js";
export * as ruleRecords from "../specs/ruleRecords.js";
export * as adapt from "./adapt.js";
