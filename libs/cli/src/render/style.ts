/** How text is set off. Every function leaves its text as it is where colour is not wanted. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
}

const codes = { bold: [1, 22], dim: [2, 22], good: [32, 39], bad: [31, 39], warn: [33, 39] } as const;

/** Creates a style. Widths are counted before it is applied. */
export function createStyle(colour: boolean): Style {
  const with_ =
    ([on, off]: readonly [number, number]) =>
    (text: string): string =>
      colour && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: with_(codes.bold), dim: with_(codes.dim), good: with_(codes.good), bad: with_(codes.bad), warn: with_(codes.warn) };
}

/** What a rendering may know of where it is shown. */
export interface Canvas {
  readonly style: Style;
  /** Columns; `Infinity` where nothing limits them (a pipe). */
  readonly width: number;
}
