import type { Readable } from "node:stream";
import type { Route } from "./http.ts";

/** What a caller gives for one operation, before it is written on the wire. */
export interface WireInput {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly stream?: Readable | Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WireRequest {
  readonly method: string;
  /** Path with query, percent-encoded. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Readable | Uint8Array | string | undefined;
}

/** Writes one call of an operation as an HTTP request; the reverse of what the server reads. */
export function encodeRequest(route: Pick<Route, "method" | "path" | "consumes">, input: WireInput): WireRequest {
  // Slashes of a parameter are encoded too: as they are, `..` between them would lead to another operation.
  let path: string = route.path.replace(/:([a-zA-Z]+)\*?/g, (_, name: string) => encodeURIComponent(toText(input.params?.[name] ?? "")));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) if (value !== undefined && value !== null) query.append(name, toText(value));
  if (query.size > 0) path += `?${query}`;
  const headers: Record<string, string> = { ...input.headers };
  let body: WireRequest["body"];
  if (route.consumes) {
    body = input.stream;
    headers["content-type"] ??= "application/octet-stream";
  } else if (input.body !== undefined) {
    body = JSON.stringify(input.body);
    headers["content-type"] = "application/json";
  }
  return { method: route.method, path, headers, body };
}

/** Parameters are texts, numbers or booleans; anything else shows what it is, so that the other side refuses it in plain words. */
function toText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "");
}
