/** The button that opens the editor of lessons, which is loaded then. */
import type { ComponentType } from "preact";
import { useState } from "preact/hooks";

export function LessonPlace() {
  const [Editor, setEditor] = useState<ComponentType<{ onClose(): void }> | null>(null);
  const open = async () => {
    const { LessonDialog } = await import("./LessonDialog.js");
    setEditor(() => LessonDialog);
  };
  return (
    <>
      <button type="button" onClick={() => void open()}>
        Make a lesson …
      </button>
      {Editor && <Editor onClose={() => setEditor(null)} />}
    </>
  );
}
