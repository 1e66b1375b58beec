/** The time line of a run: drag it back through the kept epochs, and go on from any of them. */
import { counted } from "../numbers.js";
import type { EngineHandle } from "./useEngine.js";

export function TimeLine({ engine }: { engine: EngineHandle }) {
  const moments = engine.slow?.moments ?? [];
  const epoch = engine.frame?.epoch ?? 0;
  const isRunning = engine.frame?.isRunning ?? false;
  const last = moments[moments.length - 1] ?? 0;
  const place = isRunning ? moments.length - 1 : moments.findLastIndex((each) => each <= epoch);
  const isBack = !isRunning && epoch < last;
  return (
    <div class="timeline">
      <input
        type="range"
        aria-label="Time line"
        aria-valuetext={`epoch ${moments[place] ?? 0} of ${last}`}
        min={0}
        max={Math.max(moments.length - 1, 1)}
        value={Math.max(place, 0)}
        disabled={moments.length < 2}
        onInput={({ currentTarget }) => engine.seek(moments[Number(currentTarget.value)] ?? last)}
      />
      <p data-testid="moment">
        {isBack
          ? `Epoch ${epoch} of ${last}: Play goes on from here.`
          : last > 0
            ? `${counted(last, "epoch")}: drag back to see how it learned.`
            : "The time line begins with the first epoch."}
      </p>
    </div>
  );
}
