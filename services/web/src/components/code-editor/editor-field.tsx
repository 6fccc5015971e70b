import { useEffect, useLayoutEffect, useRef } from "react";
import type { CodeEditorProps } from "./code-editor.tsx";
import { createEditor } from "./create-editor.ts";
import classes from "./code-editor.module.css";

/** The editor itself; loaded when the first one is shown. */
export function EditorField(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<ReturnType<typeof createEditor>>(undefined);
  const newest = useRef(props);
  useEffect(() => {
    newest.current = props;
  });
  // Before anything is painted: an empty place would be less high, and what stands below it would jump twice.
  useLayoutEffect(() => {
    const made = createEditor(host.current as HTMLDivElement, newest);
    editor.current = made;
    return () => made.view.destroy();
  }, []);
  const { value, diagnostics, completions, schema, language, readOnly, highlighted, label } = props;
  useEffect(() => editor.current?.setValue(value), [value]);
  useEffect(() => editor.current?.configure({ language, schema, completions, readOnly, label }), [language, schema, completions, readOnly, label]);
  useEffect(() => editor.current?.setDiagnostics(diagnostics ?? []), [diagnostics, value]);
  useEffect(() => editor.current?.setHighlighted(highlighted ?? []), [highlighted, value]);
  return <div ref={host} className={classes.host} />;
}
