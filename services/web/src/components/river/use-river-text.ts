import type { RiverDocument } from "@rivergen/contracts";
import { useMemo, useState } from "react";
import { readRiver, toYaml } from "./river-text.ts";
import { useValidation, type Validity } from "./use-validation.ts";

/** The text of a river that may be changed. */
export interface RiverText {
  readonly text: string;
  readonly isEdited: boolean;
  /** The document that the text stands for; undefined while it cannot be read. */
  readonly document: RiverDocument | undefined;
  readonly validity: Validity;
  write(text: string): void;
  reset(): void;
}

/** Begins with a document, or with a text that stands for one. */
export function useRiverText(original: RiverDocument | string): RiverText {
  const begun = useMemo(() => (typeof original === "string" ? original : toYaml(original)), [original]);
  const [text, write] = useState(begun);
  const validity = useValidation(text);
  const isEdited = text !== begun;
  const document = useMemo(() => (isEdited || typeof original === "string" ? readRiver(text) : original), [isEdited, text, original]);
  return { text, isEdited, document, validity, write, reset: () => write(begun) };
}
