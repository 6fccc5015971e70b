import type { PublicRoutes, Route, WireInput } from "@rivergen/contracts";
import type { z } from "zod";
import { type Connection, type Download, requestBytes, requestJson, type RequestOptions, type UploadBody } from "./request.ts";
import type { WireOperation, WireOperations } from "./operations.ts";

/** Where the platform is and who asks. */
export interface ClientOptions {
  /** Address of the gateway: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Session token or API key. Absent: only public operations work. */
  readonly token?: string;
  /** `wsp_…`; may be left out by a key bound to one workspace and by a user with one. */
  readonly workspaceId?: string;
  /** Default: the platform's own. */
  readonly fetch?: typeof globalThis.fetch;
}

// A part whose fields may all be left out may be left out itself.
type Part<Key extends string, T extends z.ZodType> = T extends z.ZodUndefined
  ? object
  : object extends z.input<T>
    ? { [K in Key]?: z.input<T> }
    : { [K in Key]: z.input<T> };
type Request<R extends Route> = Part<"params", R["params"]> &
  Part<"query", R["query"]> &
  Part<"body", R["body"]> & { headers?: Readonly<Record<string, string>> } & (R extends { consumes: readonly string[] } ? { stream: UploadBody } : object);
type JsonAnswer<R extends Route> = R["answer"] extends z.ZodUndefined ? (R extends { produces: readonly string[] } ? Download : void) : z.output<R["answer"]>;
type Arguments<R extends Route> =
  object extends Request<R> ? [request?: Request<R>, options?: RequestOptions] : [request: Request<R>, options?: RequestOptions];

/** Every public operation by its name. Failures are thrown as `AppError`; what the server answered is in `details.problem`. */
export type Operations = { readonly [Name in keyof PublicRoutes]: (...args: Arguments<PublicRoutes[Name]>) => Promise<JsonAnswer<PublicRoutes[Name]>> };

type StreamingName = { [Name in keyof PublicRoutes]: PublicRoutes[Name] extends { produces: readonly string[] } ? Name : never }[keyof PublicRoutes];

/** The typed SDK: all public operations, and what is not one request. */
export type RiverGenClient = Operations & {
  /** What this client was made with; the token stays inside. */
  readonly connection: Connection;
  /** An operation's answer as bytes: `open("getRunOutput", { params, query: { format: "csv" } })`. */
  open<Name extends StreamingName>(operation: Name, ...args: Arguments<PublicRoutes[Name]>): Promise<Download>;
  /** The same address and credentials in another workspace. */
  inWorkspace(workspaceId: string): RiverGenClient;
};

/** Creates a client of the given operations. Nothing is sent before the first one. @throws TypeError for an address that is none */
export function createClientOf(table: WireOperations, options: ClientOptions): RiverGenClient {
  const connection: Connection = {
    url: new URL(options.url).href.replace(/[#?].*$/, "").replace(/\/+$/, ""),
    token: options.token,
    workspaceId: options.workspaceId,
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
  };
  const operations = Object.fromEntries(
    Object.entries(table).map(([name, operation]) => {
      const send = operation.answersBytes ? requestBytes : requestJson;
      return [name, (input: WireInput = {}, requestOptions: RequestOptions = {}) => send(connection, operation, input, requestOptions)];
    }),
  ) as unknown as Operations;
  const hidden = { enumerable: false, value: connection };
  const client = {
    ...operations,
    open: (operation: string, input: WireInput = {}, requestOptions: RequestOptions = {}) =>
      requestBytes(connection, table[operation] as WireOperation, input, requestOptions),
    inWorkspace: (workspaceId: string) => createClientOf(table, { ...options, workspaceId }),
  };
  return Object.defineProperty(client, "connection", hidden) as unknown as RiverGenClient;
}
