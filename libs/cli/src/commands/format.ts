import { pipeline } from "node:stream/promises";
import { Format } from "@rivergen/contracts";
import type { RiverGenClient } from "@rivergen/client";
import { toReadable } from "@rivergen/client/node";
import { wrongUse } from "../failure.ts";
import type { Journey } from "../journeys/run.ts";

/** The chosen format; undefined for a table. @throws CommandFailure 64 */
export function readFormat(text: string | undefined): Format | undefined {
  if (text === undefined) return undefined;
  const parsed = Format.safeParse(text);
  if (parsed.success) return parsed.data;
  throw wrongUse(`--format ${text}: choose one of ${Format.options.join(", ")}`);
}

/** Writes an answer to stdout as it comes. @throws CommandFailure 64 where a terminal would be shown binary data */
export async function writeStream({ terminal, signal }: Journey, format: Format, open: () => ReturnType<RiverGenClient["open"]>): Promise<void> {
  if ((format === "parquet" || format === "arrow") && terminal.live) throw wrongUse(`--format ${format} is binary: send it to a file with >`);
  await pipeline(toReadable(await open()), process.stdout, { end: false, signal });
}
