/** Files that a person brings, by a button or dropped anywhere on the page: each goes where its kind belongs. */
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Received } from "../engine/received.js";
import { forImages, type OwnName, type Setup } from "../setup.js";
import type { TableDialogProps } from "./TableDialog.js";
import type { EngineHandle } from "./useEngine.js";

/** Fewer rows than this are all for training. */
const FEW_ROWS = 20;

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") ?? false;
/** The zone for models shows their notes itself. */
const isElsewhere = ({ target }: DragEvent) => target instanceof Element && target.closest(".drop, dialog") !== null;

export function useFiles(engine: EngineHandle, onBring: (source: OwnName, part?: Partial<Setup>) => void) {
  const [table, setTable] = useState<File | null>(null);
  const [Dialog, setDialog] = useState<ComponentType<TableDialogProps> | null>(null);
  const [isNear, setNear] = useState(false);

  const take = async (files: readonly File[]) => {
    if (files.length === 0) return;
    engine.tell(null);
    try {
      const { kind } = await engine.client.ask<Received>({ type: "receive", files });
      if (kind === "table") {
        const { TableDialog } = await import("./TableDialog.js");
        setDialog(() => TableDialog);
        setTable(files[0]);
      } else if (kind === "images") {
        await engine.client.ask({ type: "readImages", files });
        onBring("images", forImages);
      } else {
        const notes = await engine.client.ask<readonly string[]>({ type: "load", files });
        const names = files.map(({ name }) => name).join(", ");
        engine.tell({ message: [`${names} is now the model of this page.`, ...notes].join(" "), remedy: null });
      }
    } catch (error) {
      engine.tell({ message: (error as Error).message, remedy: null });
    }
  };
  const last = useRef(take);
  last.current = take;

  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setNear(true);
    };
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) setNear(false);
    };
    const drop = (event: DragEvent) => {
      setNear(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (!isElsewhere(event)) void last.current([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);

  const view = (
    <>
      {isNear && (
        <p class="drop-anywhere" aria-hidden="true">
          Drop a table, images or a model
        </p>
      )}
      {table && Dialog && (
        <Dialog
          key={table}
          file={table}
          engine={engine}
          onClose={() => setTable(null)}
          onDone={(rows) => {
            setTable(null);
            onBring("csv", rows < FEW_ROWS ? { testShare: 0 } : {});
          }}
        />
      )}
    </>
  );
  return { take, view };
}
