/** The models that the functions of this entry take: a model, the bytes of its file, or plain data of another format. */
import { bytesOf } from "../../base/bytes.js";
import { OptionError } from "../../base/errors.js";
import { isPlainObject, type JsonObject } from "../../base/json.js";
import { readAttachment } from "../../model/attachment.js";
import { portableFor } from "../fromModel.js";
import { checkPortable, type Portable } from "../portable.js";
import { notSavable, type Savable } from "../savable.js";
import { type TableSource, tableSourceOf } from "./tableSource.js";

/** A model here or in a worker, the bytes of `save()`, or what a `read…` function returned. */
export type Source = Savable | Portable;

/**
 * A network, or a table model with its networks. @throws OptionError naming `where` for anything else, and for a network
 * whose owner reads rows; FormatError for bytes of other files
 */
export async function anySourceOf(where: string, source: Source): Promise<Portable | TableSource> {
  const { save } = (source ?? {}) as { save?: unknown };
  const bytes = bytesOf(typeof save === "function" ? await save.call(source) : source);
  if (bytes) {
    const attachment = readAttachment(where, bytes) ?? {};
    if (attachment.tableModel !== undefined) return tableSourceOf(where, bytes, attachment);
    checkAlone(where, attachment);
    return portableFor(where, bytes);
  }
  if (isPlainObject(source) && "layers" in source) {
    checkPortable(where, source);
    return source;
  }
  throw notSavable(where, source);
}

/** A network alone. @throws as `anySourceOf`, and OptionError for a table model */
export async function sourceOf(where: string, source: Source): Promise<Portable> {
  const found = await anySourceOf(where, source);
  if (!("networks" in found)) return found;
  throw new OptionError(
    `${where}: got a table model, whose rows of text and gaps do not fit lists of numbers. ` +
      "Train a Sequential on the numbers of fromTable.",
  );
}

/** Refuses networks that see rows only after their owner has changed them, as the code would lack that part. */
function checkAlone(where: string, { estimator }: JsonObject): void {
  if (estimator === "EstimatorPipeline" || estimator === "TransformedTargetRegressor") {
    throw new OptionError(
      `${where}: got a ${estimator}, whose transformers would be missing. ` +
        `Give its network, estimator.model, and rows as the transformers leave them; or put normalization() into the network.`,
    );
  }
}
