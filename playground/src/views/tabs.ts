/** Properties of the inspector's tabs. */
import type { RowPlace } from "../engine/protocol.js";
import type { Setup } from "../setup.js";
import type { EngineHandle } from "./useEngine.js";

export interface TabProps {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  /** The row shown in the glass box. */
  readonly row: RowPlace | null;
  onRow(row: RowPlace | null): void;
  /** Sends a row through the diagram. */
  onPoint(point: RowPlace): void;
}
