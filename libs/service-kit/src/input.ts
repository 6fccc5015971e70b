import type { Readable } from "node:stream";
import { AppError, type Fault, type Route, type WireInput } from "@rivergen/contracts";
import { z } from "zod";
import { toFaults } from "./faults.ts";

const defaultBodyBytes = 2 ** 20;
const deepestBody = 100;

/** What an operation's handler receives of a request, parsed. */
export interface ParsedInput {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly stream?: Readable;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Parses every part of an input with the contract and gives all faults at once.
 * @throws INVALID_REQUEST with every fault
 */
export function parseInput(route: Route, input: WireInput): ParsedInput {
  const faults: Fault[] = [];
  const part = (schema: z.ZodType, value: unknown, prefix: string): unknown => {
    if (schema instanceof z.ZodUndefined) {
      for (const name of Object.keys((value as object | undefined) ?? {}))
        faults.push({ path: `${prefix}/${name}`, code: "UNKNOWN_FIELD", message: "is not known here" });
      return undefined;
    }
    const parsed = schema.safeParse(value ?? {});
    if (parsed.success) return parsed.data;
    faults.push(...toFaults(parsed.error.issues, prefix));
    return undefined;
  };
  const params = part(route.params, input.params, "path");
  const query = part(route.query, input.query, "query");
  const body = route.consumes || route.body instanceof z.ZodUndefined ? undefined : part(route.body, input.body, "");
  if (route.path.startsWith("/v1/"))
    for (const [prefix, value] of Object.entries({ path: input.params, query: input.query, "": input.body })) faults.push(...findBadText(value, prefix));
  if (faults.length > 0) throw new AppError("INVALID_REQUEST", { errors: faults, detail: describeFaults(faults) });
  return { params, query, body, ...(route.consumes ? { stream: input.stream as Readable } : {}), headers: input.headers ?? {} };
}

/** Text that no store keeps as it is: with U+0000, or with half of a surrogate pair. */
function* findBadText(value: unknown, path: string): Generator<Fault> {
  if (typeof value === "string") {
    if (value.includes("\0")) yield { path, code: "INVALID_CHARACTER", message: "has the character U+0000, which cannot stand here" };
    else if (!value.isWellFormed()) yield { path, code: "INVALID_CHARACTER", message: "has half of a surrogate pair, which is no character" };
  } else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      yield* findBadText(name, `${path}/${name}`);
      yield* findBadText(inner, `${path}/${name}`);
    }
  }
}

function describeFaults(faults: readonly Fault[]): string {
  const [first] = faults;
  const rest = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return `${first?.path || "The body"}: ${first?.message}${rest}.`;
}

/** Query parameters as an object; a repeated one becomes a list, which no contract takes. */
export function readQuery(url: string): Record<string, unknown> {
  const mark = url.indexOf("?");
  const query: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (mark < 0) return query;
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) query[name] = name in query ? [query[name], value].flat() : value;
  return query;
}

/**
 * Reads a JSON body with bounded size and depth. Empty gives `undefined`.
 * @throws BODY_TOO_LARGE, BODY_NOT_PARSEABLE, UNSUPPORTED_CONTENT_TYPE
 */
export async function readJsonBody(stream: Readable, contentType: string | undefined, maxBytes: number = defaultBodyBytes): Promise<unknown> {
  const text = await readText(stream, maxBytes);
  if (text.length === 0) return undefined;
  if (!/^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i.test(contentType ?? "")) {
    throw new AppError("UNSUPPORTED_CONTENT_TYPE", { detail: `Send application/json, not ${contentType?.slice(0, 100) ?? "a body without a type"}.` });
  }
  return parseJson(text);
}

/** @throws BODY_NOT_PARSEABLE for what is no JSON, or nested deeper than 100 */
export function parseJson(text: string): unknown {
  if (isDeeper(text, deepestBody)) throw new AppError("BODY_NOT_PARSEABLE", { detail: `The body is nested deeper than ${deepestBody} levels.` });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AppError("BODY_NOT_PARSEABLE", { detail: `The body is no JSON: ${(error as Error).message.slice(0, 200)}` });
  }
}

/** @throws BODY_TOO_LARGE, BODY_NOT_PARSEABLE (not UTF-8) */
export async function readText(stream: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop must not cut the connection: the sender still has to read the answer.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new AppError("BODY_TOO_LARGE", { detail: `At most ${maxBytes} bytes are accepted here.` });
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new AppError("BODY_NOT_PARSEABLE", { detail: "The body is not UTF-8." });
  }
}

/** Linear scan before parsing: deep nesting would cost far more than it is worth. */
export function isDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 92) i++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) {
      if (++depth > limit) return true;
    } else if (code === 125 || code === 93) depth--;
  }
  return false;
}
