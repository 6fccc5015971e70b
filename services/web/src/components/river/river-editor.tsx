import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconLoader2 } from "@tabler/icons-react";
import { useCallback, useMemo } from "react";
import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { useApi } from "../../api/context.tsx";
import { allDatasets, riverSchema } from "../../api/queries.ts";
import { texts } from "../../texts/index.ts";
import { CodeEditor, type EditorDiagnostic } from "../code-editor/code-editor.tsx";
import { completeAt, type Schema } from "./complete.ts";
import classes from "./river.module.css";
import { rangesOf } from "./river-text.ts";
import type { Validity } from "./use-validation.ts";

const words = texts.rivers;

interface RiverEditorProps {
  readonly value: string;
  readonly validity: Validity;
  readonly onChange?: ((value: string) => void) | undefined;
  readonly onRun?: (() => void) | undefined;
  /** JSON Pointers of places to bring out. */
  readonly highlighted?: readonly string[];
  readonly maxHeight?: string;
}

/** A river's YAML with completion out of the language and the catalogue, and every fault at its place. */
export function RiverEditor({ value, validity, onChange, onRun, highlighted, maxHeight = "640px" }: RiverEditorProps) {
  const completions = useRiverCompletions();
  const diagnostics = useMemo(() => toDiagnostics(validity), [validity.errors, validity.warnings]);
  const ranges = useMemo(() => (highlighted && highlighted.length > 0 ? rangesOf(value, highlighted) : []), [value, highlighted]);
  return (
    <div className={classes.editor}>
      <ValidityLine validity={validity} />
      <CodeEditor
        language="yaml"
        label={words.editor}
        value={value}
        onChange={onChange}
        onRun={onRun}
        readOnly={onChange === undefined}
        completions={completions}
        diagnostics={diagnostics}
        highlighted={ranges}
        maxHeight={maxHeight}
      />
      <FaultList validity={validity} />
    </div>
  );
}

function toDiagnostics({ errors, warnings }: Pick<Validity, "errors" | "warnings">): EditorDiagnostic[] {
  const place = (severity: EditorDiagnostic["severity"]) => (fault: Validity["errors"][number]) => ({
    line: fault.line ?? 0,
    column: fault.column,
    severity,
    message: fault.message,
  });
  return [...errors.map(place("error")), ...warnings.map(place("warning"))];
}

/** Asked by the editor for what may stand at the cursor. */
function useRiverCompletions() {
  const api = useApi();
  const { data: schema } = useQuery(riverSchema(api));
  const { data: tables } = useQuery(allDatasets(api));
  const complete = useCallback(
    ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
      const text = state.doc.toString();
      const found = completeAt(text, pos, { schema: schema as Schema | undefined, tables: tables ?? [] });
      // A list that opens at every space is in the way.
      if (!found || (!explicit && found.from === pos)) return null;
      return { from: found.from, options: [...found.options], validFor: /^[\w$]*$/ };
    },
    [schema, tables],
  );
  return useMemo(() => [complete], [complete]);
}

/** Whether the text holds, in one line above it: seen however long the text is, and moving nothing. */
function ValidityLine({ validity }: { readonly validity: Validity }) {
  const { isChecked, isValid, failure } = validity;
  const text = describe(validity);
  return (
    <div className={classes.validity} aria-live="polite">
      <ValidityIcon isChecked={isChecked} isValid={isValid} failed={failure !== null} />
      <Text size="xs" c="dimmed" truncate title={text}>
        {text}
      </Text>
      <Text size="xs" c="dimmed" className={classes.hint} visibleFrom="sm">
        {words.editorHint}
      </Text>
    </div>
  );
}

/** Every fault and warning with its place. */
function FaultList({ validity: { errors, warnings } }: { readonly validity: Pick<Validity, "errors" | "warnings"> }) {
  const faults = [...errors, ...warnings];
  if (faults.length === 0) return null;
  return (
    <ul className={classes.faults}>
      {faults.slice(0, shownFaults).map((fault, index) => (
        <li key={`${fault.path} ${fault.code} ${index}`}>
          <b>{placeOf(fault)}</b> {fault.message}
        </li>
      ))}
      {faults.length > shownFaults && <li className={classes.soft}>{texts.graph.more(faults.length - shownFaults)}</li>}
    </ul>
  );
}

const shownFaults = 8;
const placeOf = ({ line, path }: Validity["errors"][number]): string => (line === undefined ? path : words.line(line));

function ValidityIcon({ isChecked, isValid, failed }: { readonly isChecked: boolean; readonly isValid: boolean; readonly failed: boolean }) {
  if (failed) return <IconAlertTriangle size={15} color="var(--rg-warn)" aria-hidden />;
  if (!isChecked) return <IconLoader2 size={15} color="var(--rg-soft)" aria-hidden />;
  return isValid ? <IconCircleCheck size={15} color="var(--rg-good)" aria-hidden /> : <IconCircleX size={15} color="var(--rg-bad)" aria-hidden />;
}

function describe({ isChecked, isValid, errors, warnings, failure }: Validity): string {
  if (failure) return `${words.uncheckable}: ${failure.message}`;
  if (!isChecked) return words.checking;
  const [first] = errors;
  return [
    isValid ? words.valid : words.faults(errors.length),
    ...(warnings.length > 0 ? [words.warnings(warnings.length)] : []),
    ...(first ? [`${placeOf(first)}: ${first.message}`] : []),
  ].join(" · ");
}
