/** Control, direction-changing and invisible characters, and halves of surrogate pairs: they could rewrite a terminal or deceive a reader. */
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;
const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Text that comes from data, fit for a terminal: what is not a visible character is shown as its escape. */
export function safeText(text: string): string {
  return text.replace(unsafe, (char) => {
    const code = char.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    return named[char] ?? (code < 0x100 ? `\\x${hex.padStart(2, "0")}` : code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`);
  });
}

/** The same for text of several lines: line ends stay. */
export function safeLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map(safeText);
}

// East Asian Wide and Fullwidth (Unicode 16, Annex 11), and pictographs shown as emoji.
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u;
const zero = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const plain = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

function cellsOf(grapheme: string): number {
  if (zero.test(grapheme)) return 0;
  return wide.test(grapheme) || grapheme.includes("\ufe0f") ? 2 : 1;
}

const escape = String.fromCharCode(27);
const styling = new RegExp(`${escape}\\[[0-9;]*m`, "g");

/** A text without its colours. */
export function withoutStyle(text: string): string {
  return text.includes(escape) ? text.replace(styling, "") : text;
}

/** Columns a text takes on a terminal; colours take none. */
export function displayWidth(styled: string): number {
  const text = withoutStyle(styled);
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += cellsOf(segment);
  return width;
}

/** At most `width` columns of a text; what was cut shows as `…`, without colours then. */
export function fit(styled: string, width: number): string {
  if (displayWidth(styled) <= width) return styled;
  const text = withoutStyle(styled);
  if (width < 1) return "";
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const cells = cellsOf(segment);
    if (used + cells > width - 1) break;
    kept += segment;
    used += cells;
  }
  return `${kept}…`;
}

/** A text filled up with spaces to `width` columns. */
export function pad(text: string, width: number, side: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, width - displayWidth(text)));
  return side === "left" ? text + spaces : spaces + text;
}

/** Pieces side by side, `gap` apart, broken into lines of at most `width` columns; a longer piece has a line of its own. */
export function flow(pieces: readonly string[], width: number, gap = "   "): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    const next = line === "" ? piece : `${line}${gap}${piece}`;
    if (line !== "" && displayWidth(next) > width) {
      lines.push(line);
      line = piece;
    } else line = next;
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** Words broken into lines of at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  const lines = flow(
    text.split(/ +/).filter((word) => word !== ""),
    width,
    " ",
  );
  return lines.length > 0 ? lines : [""];
}
