/** Findings about data: the public part of this room. */

export type { CheckOptions } from "./checkData.js";
export { type Finding, type FindingCode, findingCodes, formatFindings, type Severity } from "./findings.js";
