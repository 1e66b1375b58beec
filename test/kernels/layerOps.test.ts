// Every op of single layers that has no test of its own: records of the shapes that the op states, at the sizes of
// `sizes.ts`, with and without the tensors that may be null, and with dx in the place of dy.

import type { OpEntry } from "../../src/plan/field.js";
import * as layerOps from "../../src/plan/layerOps.js";
import { describeRecords } from "../support/describeRecords.js";
import { generatedCases } from "../support/generatedCases.js";

/** Ops with tests of their own, by hand. */
const TESTED =
  /Dropout|GaussianNoise|BatchNormalization|MovingStatistics|Standardize|LayerNormalization|CategoryEncoding/;

const ops = Object.values<OpEntry>(layerOps).filter(({ name }) => !TESTED.test(name));
for (const op of ops) describeRecords(op.name, generatedCases(op));
