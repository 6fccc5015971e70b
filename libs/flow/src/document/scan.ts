/** Longest document, in characters. */
export const maxLength = 4_194_304;
/** Deepest nesting of maps and lists. */
export const maxDepth = 512;
/** Most values of a document, aliases counted as often as they are used. */
export const maxValues = 500_000;
/** Longest document when every alias is written out, in characters. */
const maxExpandedLength = 4 * maxLength;

/** Why a text is not even parsed. */
export interface ScanRefusal {
  readonly code: "DOCUMENT_TOO_LARGE" | "DOCUMENT_TOO_DEEP" | "ALIASES_TOO_LARGE" | "FORBIDDEN_KEY";
  readonly message: string;
  readonly offset: number;
}

/** What a scan found out. */
export interface Scan {
  readonly refusal?: ScanRefusal;
  /** Colons outside of texts: in JSON, the number of keys. */
  readonly keys: number;
}

/** Keys that reach into prototypes. */
export const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

const forbiddenYamlKey = /(?<=^|[\s{,[?"'])(?:__proto__|constructor|prototype)(?=["']?[ \t]*:(?:[\s"'{[]|$))/;
const forbiddenJsonKey = /(?<=")(?:__proto__|constructor|prototype)(?="\s*:)/;

const quote = 34;
const backslash = 92;
const tab = 9;
const newline = 10;
const carriageReturn = 13;
const space = 32;
const ampersand = 38;
const asterisk = 42;
const comma = 44;
const dash = 45;
const colon = 58;
const question = 63;
const openList = 91;
const closeList = 93;
const openMap = 123;
const closeMap = 125;

const refuse = (code: ScanRefusal["code"], message: string, offset: number): Scan => ({ refusal: { code, message, offset }, keys: 0 });
const tooDeep = (offset: number): Scan => refuse("DOCUMENT_TOO_DEEP", `a document is nested at most ${maxDepth} deep`, offset);

/** Where a JSON text that starts at a quotation mark ends. */
function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

function scanJson(text: string): Scan {
  let depth = 0;
  let keys = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfText(text, at);
    else if (code === colon) keys += 1;
    else if (code === openList || code === openMap) {
      depth += 1;
      if (depth > maxDepth) return tooDeep(at);
    } else if (code === closeList || code === closeMap) depth -= 1;
  }
  return { keys };
}

/** An anchored value whose end has not been seen. */
interface OpenAnchor {
  readonly name: string;
  /** Column of the key or dash it belongs to. */
  readonly column: number;
  readonly isItem: boolean;
  readonly brackets: number;
  readonly weight: number;
}

interface YamlScan {
  readonly text: string;
  /** Columns at which blocks are open. */
  readonly columns: number[];
  brackets: number;
  /** Characters so far, with every alias written out. */
  weight: number;
  readonly open: OpenAnchor[];
  readonly sizes: Map<string, number>;
}

const anchorName = /[^\s,[\]{}]*/y;

function nameAt(text: string, start: number): string {
  anchorName.lastIndex = start;
  return anchorName.exec(text)?.[0] ?? "";
}

function closeAnchors(scan: YamlScan, hasEnded: (anchor: OpenAnchor) => boolean): void {
  for (let last = scan.open.at(-1); last && hasEnded(last); last = scan.open.at(-1)) {
    scan.open.pop();
    // What only looks like an anchor, in a comment or a text, must not make a real one of that name smaller.
    scan.sizes.set(last.name, Math.max(scan.sizes.get(last.name) ?? 0, scan.weight - last.weight));
  }
}

/** Weighs an alias; the size of what it stands for is never guessed too small. */
function weighAlias(scan: YamlScan, name: string, offset: number): Scan | undefined {
  const open = scan.open.find((anchor) => anchor.name === name);
  scan.weight += open ? scan.weight - open.weight : (scan.sizes.get(name) ?? 0);
  if (scan.weight > maxExpandedLength) return refuse("ALIASES_TOO_LARGE", "with its aliases written out this document is too large", offset);
  return undefined;
}

const isItemMark = (code: number): boolean => code === dash || code === question;

/** Ends the anchored values that a line beginning at this column is no part of. */
function closeBlocks(scan: YamlScan, column: number, isItem: boolean): void {
  if (scan.open.length === 0) return;
  closeAnchors(scan, (anchor) => anchor.brackets === 0 && (column < anchor.column || (column === anchor.column && (anchor.isItem || !isItem))));
}

/** Opens the blocks at the beginning of a line; gives the offset at which its first value begins. */
function scanIndentation(scan: YamlScan, start: number): number {
  const { text, columns } = scan;
  let at = start;
  let isFirst = true;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === space || code === tab) continue;
    if (code === newline || code === carriageReturn) break;
    const column = at - start;
    const isItem = isItemMark(code) && text.charCodeAt(at + 1) <= space;
    if (isFirst) closeBlocks(scan, column, isItem);
    isFirst = false;
    while ((columns.at(-1) ?? -1) >= column) columns.pop();
    columns.push(column);
    if (!isItem || columns.length > maxDepth) break;
  }
  return at;
}

/** Whether a token can begin here; behind a quoted key in brackets it does so right after the colon. */
function isTokenStart(text: string, at: number): boolean {
  const before = at === 0 ? space : text.charCodeAt(at - 1);
  return before <= space || before === openList || before === openMap || before === comma || before === colon;
}

function openAnchor(scan: YamlScan, at: number, isLineStart: boolean): void {
  const { columns, brackets, weight } = scan;
  const column = columns.at(isLineStart && columns.length > 1 ? -2 : -1) ?? 0;
  scan.open.push({ name: nameAt(scan.text, at + 1), column, isItem: isLineStart, brackets, weight });
}

function scanToken(scan: YamlScan, code: number, at: number, lineStart: number): Scan | undefined {
  if (code === openList || code === openMap) {
    scan.brackets += 1;
    if (scan.brackets > maxDepth) return tooDeep(at);
  } else if (code === closeList || code === closeMap) {
    scan.brackets = Math.max(0, scan.brackets - 1);
    closeAnchors(scan, (anchor) => anchor.brackets > scan.brackets);
  } else if (code === comma && scan.brackets > 0) closeAnchors(scan, (anchor) => anchor.brackets >= scan.brackets);
  else if (code === ampersand && isTokenStart(scan.text, at)) openAnchor(scan, at, at === lineStart);
  else if (code === asterisk && isTokenStart(scan.text, at)) return weighAlias(scan, nameAt(scan.text, at + 1), at);
  return undefined;
}

/** Nesting by indentation and brackets, and the size of aliases: generously, so what is inside of texts counts too. */
function scanYaml(text: string): Scan {
  const scan: YamlScan = { text, columns: [], brackets: 0, weight: 0, open: [], sizes: new Map() };
  const hasAliases = text.includes("&");
  let lineStart = scanIndentation(scan, 0);
  for (let at = lineStart; at < text.length; at += 1) {
    if (scan.columns.length > maxDepth) return tooDeep(at);
    const code = text.charCodeAt(at);
    scan.weight += 1;
    if (code === newline) {
      lineStart = scanIndentation(scan, at + 1);
      scan.weight += lineStart - at - 1;
      at = lineStart - 1;
    } else if (code >= openList || ((code === ampersand || code === asterisk || code === comma) && hasAliases)) {
      const found = scanToken(scan, code, at, lineStart);
      if (found) return found;
    }
  }
  return { keys: 0 };
}

/** One pass over the text before any parser sees it: its length, nesting, aliases, and keys that reach into prototypes. */
export function scanText(text: string, isJson: boolean): Scan {
  if (text.length > maxLength) return refuse("DOCUMENT_TOO_LARGE", `a document has at most ${maxLength} characters`, 0);
  const forbidden = (isJson ? forbiddenJsonKey : forbiddenYamlKey).exec(text);
  if (forbidden) return refuse("FORBIDDEN_KEY", `${forbidden[0]} cannot be a key`, forbidden.index);
  return isJson ? scanJson(text) : scanYaml(text);
}
