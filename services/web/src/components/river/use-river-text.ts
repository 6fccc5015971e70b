import type { RiverDocument } from "@rivergen/contracts";
import { useMemo, useState } from "react";
import { readRiver, toYaml } from "./river-text.ts";
import { useValidation, type Validity } from "./use-validation.ts";

/** The text of a river that may be changed. */
export interface RiverText {
  readonly text: string;
  readonly isEdited: boolean;
  /** The document that the text stands for, or stood for when it could last be read. */
  readonly document: RiverDocument | undefined;
  readonly validity: Validity;
  write(text: string): void;
  reset(): void;
}

/** Begins with a document, or with a text that stands for one. */
export function useRiverText(original: RiverDocument | string): RiverText {
  const begun = useMemo(() => begin(original), [original]);
  const [{ text, document }, set] = useState(begun);
  const validity = useValidation(text);
  const write = (next: string): void => set((now) => ({ text: next, document: next === begun.text ? begun.document : (readRiver(next) ?? now.document) }));
  return { text, document, isEdited: text !== begun.text, validity, write, reset: () => set(begun) };
}

const begin = (original: RiverDocument | string): Pick<RiverText, "text" | "document"> =>
  typeof original === "string" ? { text: original, document: readRiver(original) } : { text: toYaml(original), document: original };
