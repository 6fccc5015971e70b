/** Longest document, in characters. */
export const maxDocumentLength = 256_000;
/** Deepest nesting of a document. */
export const maxDocumentDepth = 64;
/** Most values of a document, aliases counted as often as they are used. */
export const maxDocumentValues = 100_000;

/** Why a text is not even tried. */
export interface TextRefusal {
  readonly code: "DOCUMENT_TOO_LARGE" | "DOCUMENT_TOO_DEEP";
  readonly message: string;
  readonly offset: number;
}

const tooDeep = (offset: number): TextRefusal => ({ code: "DOCUMENT_TOO_DEEP", message: `a document is nested at most ${maxDocumentDepth} deep`, offset });

/** The end of a quoted JSON text that starts at an offset. */
function skipText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}

function scanBrackets(text: string): TextRefusal | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = skipText(text, at);
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > maxDocumentDepth) return tooDeep(at);
  }
  return undefined;
}

/** Columns at which a line of YAML opens a block: its indentation, and one for every `- ` or `? ` in front. */
function openedBlocks(line: string): number[] {
  const found: number[] = [];
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === " " || line[at] === "\t") continue;
    found.push(at);
    if ((line[at] !== "-" && line[at] !== "?") || !/\s/.test(line[at + 1] ?? " ")) break;
    if (found.length > maxDocumentDepth) break;
  }
  return found;
}

/** Opens the blocks of a line and closes those it ends; gives how many are open. */
function countBlocks(open: number[], line: string): number {
  for (const column of openedBlocks(line)) {
    while ((open.at(-1) ?? -1) >= column) open.pop();
    open.push(column);
  }
  return open.length;
}

/** Counts nesting by indentation and by brackets, generously: brackets inside texts count too. */
function scanYaml(text: string): TextRefusal | undefined {
  const open: number[] = [];
  let brackets = 0;
  let offset = 0;
  for (const line of text.split("\n")) {
    if (countBlocks(open, line) > maxDocumentDepth) return tooDeep(offset);
    for (const [bracket] of line.matchAll(/[[\]{}]/g)) {
      brackets = Math.max(0, brackets + (bracket === "[" || bracket === "{" ? 1 : -1));
      if (brackets > maxDocumentDepth) return tooDeep(offset);
    }
    offset += line.length + 1;
  }
  return undefined;
}

/** One pass over the text, before any parser sees it: its length and its nesting. */
export function refuseText(text: string, isJson: boolean): TextRefusal | undefined {
  if (text.length > maxDocumentLength) return { code: "DOCUMENT_TOO_LARGE", message: `a document has at most ${maxDocumentLength} characters`, offset: 0 };
  return isJson ? scanBrackets(text) : scanYaml(text);
}
