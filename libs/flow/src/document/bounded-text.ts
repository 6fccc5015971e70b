import { AppError } from "@rivergen/contracts";
import { maxLength } from "./scan.ts";

/** Gathers a text in UTF-8. One of so many bytes is refused for its length: no more of it is held. @throws FLOW_FILE_UNREADABLE */
export async function readBounded(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > 4 * maxLength) throw new AppError("FLOW_FILE_UNREADABLE", { detail: "It is larger than a flow can be" });
    pieces.push(chunk);
  }
  return Buffer.concat(pieces);
}
