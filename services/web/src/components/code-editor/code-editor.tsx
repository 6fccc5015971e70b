import type { CompletionSource } from "@codemirror/autocomplete";
import { Suspense } from "react";
import classes from "./code-editor.module.css";
import { lazyPart } from "../lazy-part.ts";

const EditorField = lazyPart(() => import("./editor-field.tsx").then(({ EditorField: component }) => component));

/** Something to say about a place of the text. */
export interface EditorDiagnostic {
  /** From 1; 0 or past the end: the whole text. */
  readonly line: number;
  /** From 1; default: the whole line. */
  readonly column?: number | undefined;
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** Characters of the text to bring out, `to` excluded. */
export interface EditorRange {
  readonly from: number;
  readonly to: number;
}

export interface CodeEditorProps {
  readonly language: "yaml" | "sql";
  readonly value: string;
  readonly onChange?: ((value: string) => void) | undefined;
  /** Name of the field. */
  readonly label: string;
  readonly diagnostics?: readonly EditorDiagnostic[];
  /** Asked for what may stand at the cursor. */
  readonly completions?: readonly CompletionSource[];
  /** For SQL: tables with their columns. */
  readonly schema?: Readonly<Record<string, readonly string[]>>;
  readonly highlighted?: readonly EditorRange[];
  /** Ctrl-Enter (⌘-Enter). */
  readonly onRun?: (() => void) | undefined;
  readonly readOnly?: boolean;
  /** CSS lengths; default 160 px and none. */
  readonly minHeight?: string;
  readonly maxHeight?: string;
}

/** A text with colours, completion and errors at their place; Tab leaves it, Ctrl-] indents. */
export function CodeEditor(props: CodeEditorProps) {
  const { minHeight = "160px", maxHeight, value } = props;
  return (
    <div className={classes.frame} style={{ minHeight, ...(maxHeight === undefined ? {} : { maxHeight }) }}>
      <Suspense fallback={<pre className={classes.waiting}>{value}</pre>}>
        <EditorField {...props} minHeight={minHeight} />
      </Suspense>
    </div>
  );
}
