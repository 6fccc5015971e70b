import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The editor takes its colours from the tokens, so that it follows the scheme by itself. */
export const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", color: "var(--rg-text)", backgroundColor: "var(--rg-surface)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--rg-mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--rg-text)", paddingBlock: "8px" },
  ".cm-cursor": { borderLeftColor: "var(--rg-text)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--rg-soft)", border: "none" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--rg-accent) 7%, transparent)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--rg-accent) 28%, transparent)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--rg-surface)",
    color: "var(--rg-text)",
    border: "1px solid var(--rg-line)",
    borderRadius: "6px",
    boxShadow: "0 4px 16px rgb(0 0 0 / 18%)",
    overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--rg-mono)", fontSize: "12px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--rg-accent-soft)", color: "var(--rg-text)" },
  ".cm-completionDetail": { color: "var(--rg-soft)", fontStyle: "normal", marginInlineStart: "1em" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-diagnostic": { padding: "5px 10px", maxWidth: "60ch" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--rg-bad)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--rg-warn)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--rg-bad) 1px", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--rg-warn) 1px", textUnderlineOffset: "3px" },
  ".cm-matchingBracket": { backgroundColor: "var(--rg-accent-soft)", outline: "none" },
  ".rg-lit": { backgroundColor: "var(--rg-accent-soft)", boxShadow: "inset 0 -2px 0 var(--rg-accent)" },
});

export const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--rg-accent)" },
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--rg-op-join)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--rg-op-aggregate)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--rg-op-filter)" },
  { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--rg-op-shape)" },
  { tag: tags.comment, color: "var(--rg-soft)", fontStyle: "italic" },
  { tag: tags.invalid, color: "var(--rg-bad)" },
]);
