/** An error in words, with a possible remedy. */
import type { EngineError } from "../engine/protocol.js";
import type { Setup } from "../setup.js";

interface Props {
  readonly error: EngineError;
  onRemedy(change: Partial<Setup>): void;
  onClose(): void;
}

export function Message({ error: { message, remedy }, onRemedy, onClose }: Props) {
  return (
    <div class="message" role="alert" data-testid="message">
      <p>{message}</p>
      {remedy && (
        <button type="button" class="primary" onClick={() => onRemedy(remedy.change)}>
          {remedy.label}
        </button>
      )}
      <button type="button" onClick={onClose}>
        Close
      </button>
    </div>
  );
}
