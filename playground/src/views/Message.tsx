/** An error in words, with a possible remedy. */
import type { Trouble } from "../engine/protocol.js";
import type { Setup } from "../setup.js";

interface Props {
  readonly trouble: Trouble;
  onRemedy(change: Partial<Setup>): void;
  onClose(): void;
}

export function Message({ trouble: { message, remedy }, onRemedy, onClose }: Props) {
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
