/** The button that opens the editor of lessons, which is loaded then. */
import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import type { LessonProps } from "./LessonDialog.js";

export function LessonPlace({ isClasses }: Pick<LessonProps, "isClasses">) {
  const [Editor, setEditor] = useState<ComponentType<LessonProps> | null>(null);
  const open = async () => {
    const { LessonDialog } = await import("./LessonDialog.js");
    setEditor(() => LessonDialog);
  };
  return (
    <>
      <button type="button" onClick={() => void open()}>
        Make a lesson …
      </button>
      {Editor && <Editor isClasses={isClasses} onClose={() => setEditor(null)} />}
    </>
  );
}
