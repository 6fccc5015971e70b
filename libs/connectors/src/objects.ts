import { AppError } from "@rivergen/contracts";
import type { ObjectStore } from "@rivergen/object-store";
import { defineSink, defineSource } from "@rivergen/pipeline/streams";
import type { SinkPlugin, Sourced, SourcePlugin } from "@rivergen/pipeline/streams";
import { z } from "zod";

const format = z.enum(["text", "json"]).default("json").describe("`text`: lines as they are; `json`: one JSON value per line.");
const prefix = z.string().min(1).describe("What the keys of the objects begin with.");

const sourceConfig = z.strictObject({ prefix, format });
/** A line of an object: how many of its lines are behind. */
const place = z.object({ key: z.string(), line: z.int() });

async function* listKeys(store: ObjectStore, under: string): AsyncGenerator<string> {
  for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
    const page: Awaited<ReturnType<ObjectStore["list"]>> = await store.list(under, { cursor });
    for (const { key } of page.items) yield key;
    cursor = page.nextCursor;
  }
}

/** Most characters of a line: an object without line ends must not be held whole. */
const longestLine = 33_554_432;

/** Lines of a text in UTF-8, without their ends. @throws BODY_TOO_LARGE */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const [first = "", ...others] = decoder.decode(chunk, { stream: true }).split("\n");
    rest += first;
    if (rest.length > longestLine) throw new AppError("BODY_TOO_LARGE", { detail: `A line is longer than ${longestLine} characters` });
    for (const other of others) {
      yield rest.replace(/\r$/, "");
      rest = other;
    }
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

async function* readLines(
  store: ObjectStore,
  { prefix: under, format: as }: z.infer<typeof sourceConfig>,
  after: unknown,
  signal: AbortSignal,
): AsyncGenerator<Sourced<unknown>> {
  const from = after === undefined ? undefined : place.parse(after);
  for await (const key of listKeys(store, under)) {
    if (from && key < from.key) continue;
    const { stream } = await store.get(key, { signal });
    let line = 0;
    try {
      for await (const text of linesOf(stream)) {
        line += 1;
        if (from?.key === key && line <= from.line) continue;
        yield { value: as === "json" ? (JSON.parse(text) as unknown) : text, cursor: { key, line } };
      }
    } finally {
      stream.destroy();
    }
  }
}

/** Lines of objects, object after object in the order of their keys. */
export function objectSource(store: ObjectStore): SourcePlugin<typeof sourceConfig> {
  return defineSource({
    name: "objects",
    version: "1.0.0",
    description: "Gives the lines of all objects under a prefix, in the order of their keys.",
    config: sourceConfig,
    open: (config) => ({ name: `objects:${config.prefix}`, read: ({ after, signal }) => readLines(store, config, after, signal) }),
  });
}

const sinkConfig = z.strictObject({ prefix, format });
const DIGITS = 12;

/** Where the numbers of a prefix go on. */
async function nextNumber(store: ObjectStore, under: string): Promise<number> {
  let last = 0;
  for await (const key of listKeys(store, under)) last = Math.max(last, Number.parseInt(key.slice(under.length), 10) || 0);
  return last + 1;
}

/** An object per item; a list of items, as `batch` makes it, becomes one object with a line each. */
export function objectSink(store: ObjectStore): SinkPlugin<typeof sinkConfig> {
  return defineSink({
    name: "objects",
    version: "1.0.0",
    description: "Writes every item, or list of items, as the lines of a new object; their keys count on from what is there. One writer per prefix.",
    config: sinkConfig,
    async open({ prefix: under, format: as }) {
      let number = await nextNumber(store, under);
      return {
        name: `objects:${under}`,
        async write(item: unknown, { signal }: { readonly signal: AbortSignal }) {
          const lines = (Array.isArray(item) ? (item as unknown[]) : [item]).map((line) => `${as === "json" ? JSON.stringify(line) : String(line)}\n`);
          await store.put(`${under}${String(number).padStart(DIGITS, "0")}`, Buffer.from(lines.join("")), { signal });
          number += 1;
        },
      };
    },
  });
}
