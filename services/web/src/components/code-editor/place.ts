import type { Text } from "@codemirror/state";

/** Characters that a fault at a line and column is about: the word there, else the line, else the whole text. */
export function placeOf(text: Text, line: number, column: number | undefined): { readonly from: number; readonly to: number } {
  if (line < 1 || line > text.lines) return { from: 0, to: text.length };
  const { from, to, text: content } = text.line(line);
  const begin = from + (content.length - content.trimStart().length);
  if (column === undefined || column > content.length) return { from: begin, to };
  const word = /^[^\s:,\]}]+/.exec(content.slice(column - 1))?.[0].length ?? 0;
  return { from: from + column - 1, to: word > 0 ? from + column - 1 + word : to };
}
