import { type Caller, hasHeaders, isStreamAnswer, type Route, type Routes, type WireInput, withHeaders, AppError } from "@rivergen/contracts";
import { z } from "zod";
import { currentContext } from "./context.ts";
import { parseInput } from "./input.ts";
import type { TokenAuthority } from "./tokens.ts";

type Handler = (request: never) => Promise<unknown>;

/** A service as its callers see it: operations by name, plain values in and out. */
export interface ServicePort {
  /** @throws any AppError of the operation */
  call(operation: string, input: WireInput, token: string): Promise<unknown>;
}

/** Plain JSON in, plain JSON out: nothing is shared between services even where they share a process. */
export function toPlain<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}

const writers = new Set(["owner", "admin", "editor"]);

/** @throws FORBIDDEN when role or scopes of the caller do not cover the operation */
export function assertAllowed(route: Route, caller: Caller): void {
  const { scope } = route;
  if (scope === "public" || scope === "internal" || caller.kind === "service") return;
  if (caller.kind !== "user") throw new AppError("UNAUTHENTICATED");
  const lacking = scope === "session" ? undefined : findLacking(route, caller);
  if (lacking !== undefined) throw new AppError("FORBIDDEN", { detail: lacking });
}

/** What a caller lacks for an operation, in one sentence; undefined where nothing. */
function findLacking({ scope, workspace }: Route, { scopes, role, workspaceId }: Caller): string | undefined {
  const isWhole = scopes.includes("*");
  if (scope === "account" && !isWhole) return "A key with scopes cannot do this. Sign in instead.";
  if (scope !== "account" && !isWhole && !scopes.includes(scope)) return `This needs the scope ${scope}.`;
  if (!workspace) return workspaceId === "" ? undefined : "A key bound to one workspace cannot do this. Sign in instead.";
  return scope.endsWith(":write") && !writers.has(role) ? "This needs the role editor, admin or owner." : undefined;
}

/** The receiving end of a service: token, rights, contract, handler, contract. */
export function createDispatcher(routes: Routes, handlers: Readonly<Record<string, Handler>>, tokens: TokenAuthority, checkAnswers: boolean): ServicePort {
  return {
    async call(operation, input, token) {
      const route = routes[operation];
      const handler = handlers[operation];
      if (!route || !handler) throw new AppError("ROUTE_NOT_FOUND");
      const known = await tokens.verify(token);
      const context = currentContext();
      const caller: Caller = context?.requestKey === undefined ? known : { ...known, requestKey: context.requestKey };
      assertAllowed(route, caller);
      const parsed = parseInput(route, input);
      const signal = context?.signal ?? AbortSignal.timeout(30_000);
      const answer = await handler({ ...parsed, caller, signal } as never);
      return toAnswer(route, operation, answer, checkAnswers);
    },
  };
}

function toAnswer(route: Route, operation: string, answer: unknown, check: boolean): unknown {
  if (isStreamAnswer(answer)) return answer;
  if (hasHeaders(answer)) return withHeaders(checked(route, operation, answer.value, check), answer.headers, answer.status);
  return checked(route, operation, answer, check);
}

function checked(route: Route, operation: string, answer: unknown, check: boolean): unknown {
  const plain = toPlain(answer);
  if (!check || route.answer instanceof z.ZodUndefined) return plain;
  const parsed = route.answer.safeParse(plain);
  if (!parsed.success) throw new AppError("INTERNAL", {}, new Error(`the answer of ${operation} breaks its contract: ${z.prettifyError(parsed.error)}`));
  return plain;
}
