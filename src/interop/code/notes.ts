/** Parts of a model that code lacks, though it predicts the same. */
import { trainingNotes } from "../chain.js";
import type { Portable } from "../portable.js";

/** One sentence for each part of some networks that their code leaves out. */
export function notesOf(networks: readonly Portable[]): string[] {
  const notes = networks.flatMap((network) => {
    const metadata = Object.keys(network.metadata ?? {});
    return [
      ...network.notes,
      ...trainingNotes(network),
      ...(network.compiled ? ["Code predicts and does not train: optimizer, loss and metrics are left out."] : []),
      ...(metadata.length > 0 ? [`Metadata other than classes and features is left out: ${metadata.join(", ")}.`] : []),
    ];
  });
  return [...new Set(notes)];
}
