/** What the tabs of the inspector are given. */
import type { RowPlace } from "../engine/protocol.js";
import type { Setup } from "../setup.js";
import type { EngineHandle } from "./useEngine.js";

export interface TabProps {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  /** The row that the glass box shows. */
  readonly row: RowPlace | null;
  onRow(row: RowPlace | null): void;
}
