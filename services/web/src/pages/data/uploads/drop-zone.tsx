import { IconUpload } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useUploads } from "../../../api/context.tsx";
import { texts } from "../../../texts/index.ts";
import { readDropped } from "./read-entries.ts";
import classes from "./uploads.module.css";

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** Takes files and folders that are dropped anywhere on the page. */
export function DropZone() {
  const { uploads } = useUploads();
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    // Entering a child comes before leaving its parent: only the balance tells whether the pointer is inside.
    let depth = 0;
    const set = (next: number): void => {
      depth = Math.max(0, next);
      setIsOver(depth > 0);
    };
    const listeners = {
      dragenter: (event: DragEvent) => holdsFiles(event) && set(depth + 1),
      dragleave: (event: DragEvent) => holdsFiles(event) && set(depth - 1),
      dragover: (event: DragEvent) => holdsFiles(event) && event.preventDefault(),
      drop: (event: DragEvent) => {
        if (!holdsFiles(event) || !event.dataTransfer) return;
        event.preventDefault();
        set(0);
        void readDropped(event.dataTransfer.items).then((files) => uploads.add(files));
      },
    };
    const entries = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][];
    for (const [name, listener] of entries) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of entries) window.removeEventListener(name, listener);
    };
  }, [uploads]);
  if (!isOver) return null;
  return (
    <div className={classes.drop}>
      <div>
        <IconUpload size={34} stroke={1.5} aria-hidden />
        <p>{texts.data.upload.drop}</p>
      </div>
    </div>
  );
}
