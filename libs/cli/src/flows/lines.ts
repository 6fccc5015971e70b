import { AppError } from "@rivergen/contracts";

/** One line of a text that is being read. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** Longest line, in characters: a text without line ends is refused before it fills the memory. */
const longestLine = 64 * 2 ** 20;

/** The lines of a text as they come, without empty ones. @throws BODY_TOO_LARGE */
export async function* readLines(chunks: AsyncIterable<string>): AsyncGenerator<Line, void, undefined> {
  let number = 0;
  let pieces: string[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", start)) {
      const text = pieces.length === 0 ? chunk.slice(start, end) : pieces.join("") + chunk.slice(start, end);
      pieces = [];
      held = 0;
      start = end + 1;
      number += 1;
      if (text.trim() !== "") yield { number, text };
    }
    if (start === chunk.length) continue;
    pieces.push(chunk.slice(start));
    held += chunk.length - start;
    if (held > longestLine) throw new AppError("BODY_TOO_LARGE", { detail: `line ${number + 1} is longer than ${longestLine} characters` });
  }
  const last = pieces.join("");
  if (last.trim() !== "") yield { number: number + 1, text: last };
}
