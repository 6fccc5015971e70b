import { open } from "node:fs/promises";
import { AppError } from "@rivergen/contracts";
import { z } from "zod";
import { defineSink, defineSource } from "./plugins.ts";
import { fromIterable } from "./source.ts";
import type { Source, Sourced } from "./source.ts";

/** Items that stand in the configuration. */
export const itemsSource = defineSource({
  name: "items",
  version: "1.0.0",
  description: "Gives the items of a list.",
  config: z.strictObject({ items: z.array(z.unknown()).describe("What is given, in order.") }),
  open: ({ items }) => fromIterable(items),
});

const NEWLINE = 10;
const PIECE_BYTES = 64 * 1_024;

/** Most bytes of a line: a file without line ends must not be held whole. */
const LONGEST_LINE = 33_554_432;

/** Lines of a file from a byte on, without their ends; the cursor of a line is the byte after it. @throws BODY_TOO_LARGE */
async function* readLines(path: string, from: number, signal: AbortSignal): AsyncGenerator<Sourced<string>> {
  const file = await open(path, "r");
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    let rest: Buffer[] = [];
    let restBytes = 0;
    let cursor = from;
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, cursor + restBytes);
      if (bytesRead === 0) break;
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end >= 0 && end < bytesRead; end = piece.indexOf(NEWLINE, start)) {
        const line = Buffer.concat([...rest, piece.subarray(start, end)]);
        rest = [];
        restBytes = 0;
        cursor += line.length + 1;
        start = end + 1;
        yield { value: line.toString("utf8").replace(/\r$/, ""), cursor };
      }
      rest.push(Buffer.from(piece.subarray(start, bytesRead)));
      restBytes += bytesRead - start;
      if (restBytes > LONGEST_LINE) throw new AppError("BODY_TOO_LARGE", { detail: `A line is longer than ${LONGEST_LINE} bytes` });
    }
    if (restBytes > 0) yield { value: Buffer.concat(rest).toString("utf8"), cursor: cursor + restBytes };
  } finally {
    await file.close();
  }
}

const format = z.enum(["text", "json"]).default("text").describe("`text`: lines as they are; `json`: one JSON value per line.");

/** Lines of a file; its cursor is a place in the file, so that going on reads nothing twice. */
export const fileSource = defineSource({
  name: "file",
  version: "1.0.0",
  description: "Gives the lines of a file in UTF-8.",
  config: z.strictObject({ path: z.string().min(1).describe("Path of the file."), format }),
  open({ path, format: as }): Source<unknown> {
    return {
      name: `file:${path}`,
      async *read({ after, signal }) {
        for await (const { value, cursor } of readLines(path, typeof after === "number" ? after : 0, signal)) {
          yield { value: as === "json" ? (JSON.parse(value) as unknown) : value, cursor };
        }
      },
    };
  },
});

/** Items as lines of a file. */
export const fileSink = defineSink({
  name: "file",
  version: "1.0.0",
  description: "Writes every item as a line of a file in UTF-8.",
  config: z.strictObject({
    path: z.string().min(1).describe("Path of the file."),
    format,
    mode: z.enum(["replace", "append"]).default("replace").describe("Whether the file begins anew or goes on."),
  }),
  async open({ path, format: as, mode }) {
    const file = await open(path, mode === "append" ? "a" : "w");
    return {
      name: `file:${path}`,
      write: (item: unknown) => file.appendFile(`${as === "json" ? JSON.stringify(item) : String(item)}\n`),
      close: () => file.close(),
    };
  },
});
