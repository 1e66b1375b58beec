/** A closer look, in tabs: weights and gradients, results, the glass box of one row, and exports. */
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ResultsTab } from "./ResultsTab.js";
import type { TabProps } from "./tabs.js";

interface Tab {
  readonly name: string;
  readonly load: () => Promise<ComponentType<TabProps>>;
  /** Only for the user's table. */
  readonly isForTables?: boolean;
}

const GLASS_BOX = "Glass box";
const all: readonly Tab[] = [
  { name: "Results", load: async () => ResultsTab },
  { name: "Weights and gradients", load: async () => (await import("./WeightsTab.js")).WeightsTab },
  { name: GLASS_BOX, load: async () => (await import("./GlassBox.js")).GlassBox },
  { name: "Ask it", load: async () => (await import("./AskTab.js")).AskTab, isForTables: true },
  { name: "Bent space", load: async () => (await import("./BendTab.js")).BendTab },
  { name: "Loss landscape", load: async () => (await import("./LandscapeTab.js")).LandscapeTab },
  { name: "By hand", load: async () => (await import("./BenchTab.js")).BenchTab },
  { name: "Export", load: async () => (await import("./TakeAway.js")).TakeAway },
];

export function Inspector(props: TabProps) {
  const [chosen, setChosen] = useState(all[0].name);
  /** Tabs beyond the first are loaded when they are opened. */
  const [views, setViews] = useState<Record<string, ComponentType<TabProps>>>({ [all[0].name]: ResultsTab });
  const list = useRef<HTMLDivElement>(null);
  const hasTable = (props.engine.problem?.fields.length ?? 0) > 0;
  const tabs = all.filter(({ isForTables }) => hasTable || !isForTables);
  const open = Math.max(
    0,
    tabs.findIndex(({ name }) => name === chosen),
  );
  useEffect(() => {
    if (!props.row) return;
    setChosen(GLASS_BOX);
    list.current?.scrollIntoView({ block: "nearest" });
  }, [props.row]);
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = (open + by + tabs.length) % tabs.length;
    setChosen(tabs[next].name);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  const { name, load } = tabs[open];
  const View = views[name];
  useEffect(() => {
    if (!View) void load().then((loaded) => setViews((old) => ({ ...old, [name]: loaded })));
  }, [name, View]);
  return (
    <section class="inspector" aria-label="A closer look">
      <div ref={list} role="tablist" aria-label="A closer look" onKeyDown={move}>
        {tabs.map(({ name }, i) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${i}`}
            aria-selected={i === open}
            aria-controls="tab-panel"
            tabIndex={i === open ? 0 : -1}
            onClick={() => setChosen(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${open}`}>
        {View && <View {...props} />}
      </div>
    </section>
  );
}
