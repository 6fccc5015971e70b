import type { RiverDocument } from "@rivergen/contracts";
import { useMemo, useState } from "react";
import { readRiver, toYaml } from "../../components/river/river-text.ts";
import { useValidation, type Validity } from "../../components/river/use-validation.ts";

/** The text of a planned river, which may be changed before it is run. */
export interface Draft {
  readonly text: string;
  readonly isEdited: boolean;
  /** The document that the text stands for; undefined while it cannot be read. */
  readonly document: RiverDocument | undefined;
  readonly validity: Validity;
  write(text: string): void;
  reset(): void;
}

export function useDraft(planned: RiverDocument): Draft {
  const original = useMemo(() => toYaml(planned), [planned]);
  const [text, write] = useState(original);
  const validity = useValidation(text);
  const isEdited = text !== original;
  const document = useMemo(() => (isEdited ? readRiver(text) : planned), [isEdited, text, planned]);
  return { text, isEdited, document, validity, write, reset: () => write(original) };
}
