/** The course: a line that offers it, or the panel itself, which is loaded when it is first opened. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Setup } from "../setup.js";
import type { CourseProps } from "./Course.js";
import { recall, remember } from "./memory.js";
import type { EngineHandle } from "./useEngine.js";

interface Props {
  readonly setup: Setup;
  readonly engine: EngineHandle;
  /** The chapter that a link names. */
  readonly chapter: number | null;
  onChange(setup: Setup): void;
}

export function CoursePlace({ chapter, ...shared }: Props) {
  const [isOpen, setOpen] = useState(() => chapter !== null || recall("isCourseOpen") === "yes");
  const [View, setView] = useState<ComponentType<CourseProps> | null>(null);
  useEffect(() => {
    if (isOpen && !View) void import("./Course.js").then(({ Course }) => setView(() => Course));
  }, [isOpen, View]);
  const show = (isShown: boolean) => {
    setOpen(isShown);
    remember("isCourseOpen", isShown ? "yes" : "no");
  };
  if (!isOpen) {
    return (
      <button type="button" class="to-course" onClick={() => show(true)}>
        Learn step by step: 8 chapters
      </button>
    );
  }
  return View && <View {...shared} first={chapter} onClose={() => show(false)} />;
}
