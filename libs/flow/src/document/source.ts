/** A place in a text. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Where the key and the value of an entry begin, as offsets. */
export interface Place {
  readonly key: number;
  readonly value: number;
}

/** A fault found while reading or checking, before lines and columns are known. */
export interface Finding {
  /** JSON Pointer of what is at fault. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** JSON Pointer of the entry that is shown; default: `path`. */
  readonly at?: string;
  /** Whether its key or its value is shown. Default: its value. */
  readonly part?: "key" | "value";
  /** Offset in the text, where no entry is at fault but the text itself. */
  readonly offset?: number;
  /** What was probably meant. */
  readonly suggestion?: string | undefined;
}

export type Report = (finding: Finding) => void;

/** What was read: plain data, and where its entries stand. */
export interface Source {
  readonly value: unknown;
  /** Offsets of an entry; the first call reads the whole text once more. */
  readonly placeOf?: (pointer: string) => Place | undefined;
}

/** Adds a key to a JSON Pointer. */
export function pointer(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}/${key}`;
  return `${path}/${key.includes("~") || key.includes("/") ? key.replaceAll("~", "~0").replaceAll("/", "~1") : key}`;
}

/** Whether a whole number loses digits when it is read. */
export function isUnsafe(text: string): boolean {
  return /^[-+]?\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text));
}

/** Turns offsets into lines and columns. */
export function createLines(text: string): (offset: number) => Position {
  const starts: number[] = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
