/** How the run is played: its tempo, its stop, and whether the page plays by itself when it opens. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Tempo } from "../engine/pace.js";
import type { PageOptions } from "../pageOptions.js";
import { isPlane, type Setup } from "../setup.js";
import type { EngineHandle } from "./useEngine.js";

export interface Player {
  readonly tempo: Tempo;
  readonly stops: boolean;
  /** False if run A of a comparison stays as it is. */
  readonly trainsBoth: boolean;
  onTempo(tempo: Tempo): void;
  onStops(stops: boolean): void;
  onTrainsBoth(trainsBoth: boolean): void;
}

export function usePlayer(engine: EngineHandle, { source }: Setup, options: PageOptions): Player {
  const [chosen, setChosen] = useState<Tempo | null>(options.speed);
  const [stops, setStops] = useState(options.stop);
  const [trainsBoth, setTrainsBoth] = useState(true);
  const tempo = chosen ?? (isPlane(source) ? "30" : "max");
  useEffect(() => engine.manner({ tempo, stops, trainsBoth }), [tempo, stops, trainsBoth]);
  const hasOpened = useRef(false);
  useEffect(() => {
    if (!engine.info || hasOpened.current) return;
    hasOpened.current = true;
    // Only the page as it is first seen plays by itself: not for those who want less motion, nor a setup of a link.
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches || location.hash.length > 1;
    if (options.autoplay ?? !isStill) engine.play();
  }, [engine.info]);
  return {
    ...{ tempo, stops, trainsBoth },
    onTempo: setChosen,
    onStops: setStops,
    onTrainsBoth: setTrainsBoth,
  };
}
