import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { sql, StandardSQL } from "@codemirror/lang-sql";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, StateEffect, StateField, type Text, Prec } from "@codemirror/state";
import { Decoration, type DecorationSet, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { CodeEditorProps, EditorDiagnostic, EditorRange } from "./code-editor.tsx";
import { colors, look } from "./editor-look.ts";
import { placeOf } from "./place.ts";

type Configuration = Pick<CodeEditorProps, "language" | "label"> & {
  readonly schema: CodeEditorProps["schema"] | undefined;
  readonly completions: CodeEditorProps["completions"] | undefined;
  readonly readOnly: boolean | undefined;
};

/** Makes an editor in `parent`; `props` is read whenever something happens, so that it may change. */
export function createEditor(parent: HTMLElement, props: { readonly current: CodeEditorProps }) {
  const changing = new Compartment();
  const { value, language, schema, completions, readOnly, label } = props.current;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: value,
      extensions: [basics, runKey(props), watch(props), marks, changing.of(configure({ language, schema, completions, readOnly, label }))],
    }),
  });
  return {
    view,
    /** Takes over a text that came from outside; what was typed here comes back unchanged and moves nothing. */
    setValue: (text: string) => {
      const old = view.state.doc.toString();
      if (old !== text) view.dispatch({ changes: { from: 0, to: old.length, insert: text } });
    },
    configure: (configuration: Configuration) => view.dispatch({ effects: changing.reconfigure(configure(configuration)) }),
    setDiagnostics: (found: readonly EditorDiagnostic[]) => view.dispatch(setDiagnostics(view.state, found.map(toLint(view.state.doc)))),
    setHighlighted: (ranges: readonly EditorRange[]) => {
      view.dispatch({ effects: setMarks.of(ranges) });
      const [first] = ranges;
      if (first && first.from <= view.state.doc.length && !view.hasFocus) reveal(view, first.from);
    },
  };
}

/** Scrolls the editor, and nothing around it, until a place is seen. */
function reveal(view: EditorView, place: number): void {
  const { top, bottom } = view.lineBlockAt(place);
  const { scrollDOM } = view;
  const { scrollTop, clientHeight } = scrollDOM;
  if (top < scrollTop || bottom > scrollTop + clientHeight) scrollDOM.scrollTop = (top + bottom - clientHeight) / 2;
}

const basics: Extension = [
  lineNumbers(),
  history(),
  drawSelection(),
  indentOnInput(),
  indentUnit.of("  "),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  lintGutter(),
  EditorView.lineWrapping,
  look,
  syntaxHighlighting(colors),
  keymap.of([{ key: "Tab", run: acceptCompletion }, ...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
];

function runKey(props: { readonly current: CodeEditorProps }): Extension {
  const run = (): boolean => {
    props.current.onRun?.();
    return props.current.onRun !== undefined;
  };
  // Before the usual keys: there it opens a line.
  return Prec.highest(keymap.of([{ key: "Mod-Enter", run, preventDefault: true }]));
}

const watch = (props: { readonly current: CodeEditorProps }): Extension =>
  EditorView.updateListener.of((update) => {
    if (!update.docChanged) return;
    const text = update.state.doc.toString();
    if (text !== props.current.value) props.current.onChange?.(text);
  });

function configure({ language, schema, completions, readOnly = false, label }: Configuration): Extension {
  return [
    language === "yaml" ? yaml() : sql({ dialect: StandardSQL, upperCaseKeywords: true, ...(schema ? { schema: copySchema(schema) } : {}) }),
    autocompletion({ ...(completions ? { override: [...completions] } : {}), icons: false }),
    EditorState.readOnly.of(readOnly),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true", tabindex: "0", ...(readOnly ? { "aria-readonly": "true" } : {}) }),
    EditorView.editable.of(!readOnly),
  ];
}

const copySchema = (schema: Readonly<Record<string, readonly string[]>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(schema).map(([table, columns]) => [table, [...columns]]));

const toLint =
  (text: Text) =>
  ({ line, column, severity, message }: EditorDiagnostic) => ({ ...placeOf(text, line, column), severity, message });

const setMarks = StateEffect.define<readonly EditorRange[]>();
const mark = Decoration.mark({ class: "rg-lit" });
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (set, transaction) => {
    let next = set.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const { length } = transaction.state.doc;
      next = Decoration.set(
        effect.value.flatMap(({ from, to }) => (from < to && to <= length ? [mark.range(from, to)] : [])),
        true,
      );
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});
