/** A zone for dropped files, which shows itself while files are dragged over the page. */
import { useEffect, useState } from "preact/hooks";

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;

/** The zone's state, as a class: `near` while files are over the page, `over` while they are over the zone. */
export function useDrag(onFiles: (files: readonly File[]) => void) {
  const [state, setState] = useState<"" | "near" | "over">("");
  useEffect(() => {
    const near = (event: DragEvent) => {
      if (hasFiles(event)) setState((last) => (last === "over" ? last : "near"));
    };
    const end = () => setState("");
    // Only at the edge of the window has the pointer nowhere to go.
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) end();
    };
    // A file that misses the zone must not take the place of the page.
    const stay = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    addEventListener("dragenter", near);
    addEventListener("dragover", stay);
    addEventListener("drop", stay);
    addEventListener("dragleave", leave);
    addEventListener("drop", end);
    return () => {
      removeEventListener("dragenter", near);
      removeEventListener("dragover", stay);
      removeEventListener("drop", stay);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", end);
    };
  }, []);
  return {
    state,
    onDragOver(event: DragEvent) {
      event.preventDefault();
      setState("over");
    },
    onDragLeave() {
      setState("near");
    },
    onDrop(event: DragEvent) {
      event.preventDefault();
      onFiles([...(event.dataTransfer?.files ?? [])]);
    },
  };
}
