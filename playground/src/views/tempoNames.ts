/** Names of the tempos. */
import type { Tempo } from "../engine/pace.js";

export const tempoNames: Record<Tempo, string> = {
  step: "1 step/s",
  "1": "1 epoch/s",
  "10": "10 epochs/s",
  "30": "30 epochs/s",
  "60": "60 epochs/s",
  max: "full speed",
};
