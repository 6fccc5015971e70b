import type { Readable } from "node:stream";
import { z } from "zod";

/**
 * What a caller must be allowed to do; `public` needs no credentials, `session` any, `account` a session or a key without
 * limits, `internal` is only for services.
 */
export type Scope = `${string}:${"read" | "write"}` | "public" | "session" | "account" | "internal";

/** One operation of the public or internal API: the only place where its shape is written. */
export interface Route<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType, A extends z.ZodType = z.ZodType> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with `:names`; `:name*` may hold slashes. Every name is a field of `params`. `/internal/…` is never public. */
  readonly path: `/v1/${string}` | `/internal/${string}`;
  readonly scope: Scope;
  /** One line for the reference. */
  readonly summary: string;
  readonly tag: string;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly answer: A;
  /** Status of a success. */
  readonly status: number;
  /** Codes this operation can fail with, beyond those every operation can. */
  readonly errors: readonly string[];
  /** Media types of the request body where it is no JSON: the handler gets `stream`. */
  readonly consumes?: readonly string[];
  /** Media types of the answer where it is (also) a stream: the handler may return a `StreamAnswer`. */
  readonly produces?: readonly string[];
  /** Request headers the handler reads, by lower-case name, with their meaning. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the caller's workspace must be known. Default true for scopes of the form `things:read`. */
  readonly workspace: boolean;
  /** Longest body in bytes; default 1 MiB, streams are limited by their handler. */
  readonly maxBodyBytes?: number;
  /** Other statuses of a success, each with when it is given. */
  readonly also?: Readonly<Record<number, string>>;
  /** Shape of a body that is no plain JSON (`consumes`), once it is parsed. */
  readonly document?: z.ZodType;
}

const nothing = z.undefined();
type Nothing = typeof nothing;
export type RouteSpec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> = Pick<
  Route,
  "method" | "path" | "scope" | "summary" | "tag"
> &
  Partial<Pick<Route, "status" | "errors" | "consumes" | "produces" | "headers" | "workspace" | "maxBodyBytes" | "also" | "document">> & {
    params?: P;
    query?: Q;
    body?: B;
    answer?: A;
  };

/** A route whose address and media types are known to the compiler: they decide who may call it and what it carries. */
export type TypedRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType, Path extends Route["path"], In, Out> = Route<
  P,
  Q,
  B,
  A
> & {
  readonly path: Path;
} & (In extends readonly string[] ? { readonly consumes: In } : object) &
  (Out extends readonly string[] ? { readonly produces: Out } : object);

/** Fills the parts that most operations leave empty. */
export function route<
  Path extends Route["path"],
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
  A extends z.ZodType = Nothing,
  In extends readonly string[] | undefined = undefined,
  Out extends readonly string[] | undefined = undefined,
>(spec: Omit<RouteSpec<P, Q, B, A>, "path" | "consumes" | "produces"> & { path: Path; consumes?: In; produces?: Out }): TypedRoute<P, Q, B, A, Path, In, Out> {
  const empty = { params: nothing, query: nothing, body: nothing, answer: nothing };
  const status = spec.answer === undefined && spec.produces === undefined ? 204 : 200;
  const workspace = spec.scope.includes(":");
  return { ...empty, errors: [], status, workspace, ...spec } as unknown as TypedRoute<P, Q, B, A, Path, In, Out>;
}

export type Routes = Readonly<Record<string, Route>>;

/** Who asks: taken from the internal token, never from the request. */
export interface Caller {
  readonly kind: "user" | "service" | "anonymous";
  /** `usr_…`, or the service's name. */
  readonly userId: string;
  /** `wsp_…`; empty where the operation needs none. */
  readonly workspaceId: string;
  readonly organizationId: string;
  readonly role: "owner" | "admin" | "editor" | "viewer" | "service" | "none";
  readonly scopes: readonly string[];
  /** Key under which a repeated request must have its effect once: ids of what it creates are derived from it. */
  readonly requestKey?: string;
  /** Session token or API key id this call came with, for sign-out. */
  readonly credential?: string;
}

/** An answer that is bytes: with its own type, length and headers. */
export interface StreamAnswer {
  readonly stream: Readable;
  readonly contentType: string;
  readonly sizeBytes?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
}

/** An answer with a status or headers of its own. */
export interface WithHeaders<T> {
  readonly value: T;
  readonly headers: Readonly<Record<string, string>>;
  readonly status?: number;
}

export function isStreamAnswer(value: unknown): value is StreamAnswer {
  return typeof value === "object" && value !== null && "stream" in value && "contentType" in value;
}

const headed = Symbol("WithHeaders");
/** Marks an answer that carries headers or another status. */
export function withHeaders<T>(value: T, headers: Readonly<Record<string, string>>, status?: number): WithHeaders<T> {
  return Object.assign({ [headed]: true, value, headers }, status === undefined ? {} : { status });
}
export function hasHeaders(value: unknown): value is WithHeaders<unknown> {
  return typeof value === "object" && value !== null && headed in value;
}

type Part<K extends string, T extends z.ZodType> = T extends z.ZodUndefined ? object : { [key in K]: z.output<T> };
/** What the caller of an operation gives. */
export type Input<R extends Route> = Part<"params", R["params"]> &
  Part<"query", R["query"]> &
  Part<"body", R["body"]> &
  (R extends { consumes: readonly string[] } ? { stream: Readable } : object) & { headers?: Readonly<Record<string, string>> };
type Given<K extends string, T extends z.ZodType> = T extends z.ZodUndefined ? object : { [key in K]: z.input<T> };
/** The same before defaults are filled in. */
export type RawInput<R extends Route> = Given<"params", R["params"]> &
  Given<"query", R["query"]> &
  Given<"body", R["body"]> &
  (R extends { consumes: readonly string[] } ? { stream: Readable } : object) & { headers?: Readonly<Record<string, string>> };

type Plain<R extends Route> = R["answer"] extends z.ZodUndefined ? void : z.input<R["answer"]>;
/** What a handler may return. */
export type Answer<R extends Route> = Plain<R> | WithHeaders<Plain<R>> | (R extends { produces: readonly string[] } ? StreamAnswer : never);

/** What a service gives for each route. */
export type Handlers<Rs extends Routes> = {
  readonly [K in keyof Rs]: (
    request: Input<Rs[K]> & { caller: Caller; signal: AbortSignal; headers: Readonly<Record<string, string>> },
  ) => Promise<Answer<Rs[K]>>;
};

type Got<R extends Route> = R["answer"] extends z.ZodUndefined ? (R extends { produces: readonly string[] } ? StreamAnswer : void) : z.output<R["answer"]>;
/** What another service or the SDK holds: the same names, the caller already inside. */
export type Client<Rs extends Routes> = {
  readonly [K in keyof Rs]: (
    ...args: object extends RawInput<Rs[K]> ? [request?: RawInput<Rs[K]>, options?: CallOptions] : [request: RawInput<Rs[K]>, options?: CallOptions]
  ) => Promise<Got<Rs[K]>>;
};
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds this call may take; the remaining time of the request it serves is never exceeded. Default 30,000. */
  readonly deadlineMs?: number;
}
