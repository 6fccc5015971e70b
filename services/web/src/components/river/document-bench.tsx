import type { Plan, RiverDocument } from "@rivergen/contracts";
import { useMemo, useState } from "react";
import { isWithin } from "./pointer.ts";
import { RiverEditor } from "./river-editor.tsx";
import { RiverPicture } from "./river-picture.tsx";
import classes from "./river.module.css";
import type { Validity } from "./use-validation.ts";

interface DocumentBenchProps {
  readonly text: string;
  readonly validity: Validity;
  /** What the text stands for; undefined while it cannot be read. */
  readonly document: RiverDocument | undefined;
  /** Dry run of this very text. */
  readonly plan?: Plan | undefined;
  readonly isPlanning?: boolean;
  onChange(text: string): void;
}

/** A river as text and as a graph, side by side; a step under the pointer is shown in the text, and its faults in the graph. */
export function DocumentBench({ text, validity, document, plan, isPlanning = false, onChange }: DocumentBenchProps) {
  const [looked, look] = useState<string>();
  const highlighted = useMemo(() => {
    if (looked !== undefined) return new Set([looked]);
    const places = validity.errors.flatMap(({ path }) => nodesAt(document, path));
    return new Set(places);
  }, [looked, validity.errors, document]);
  const pointers = useMemo(() => (looked === undefined ? [] : [looked]), [looked]);
  return (
    <div className={classes.bench}>
      <RiverEditor value={text} validity={validity} onChange={onChange} highlighted={pointers} />
      <RiverPicture document={document} plan={plan} isPlanning={isPlanning} highlighted={highlighted} onHover={look} />
    </div>
  );
}

/** Nodes of the graph that a fault's place is in. */
function nodesAt(document: RiverDocument | undefined, path: string): string[] {
  const names = Object.keys(document?.steps ?? {}).map((name) => `/steps/${name}`);
  return names.filter((name) => isWithin(path, name));
}
