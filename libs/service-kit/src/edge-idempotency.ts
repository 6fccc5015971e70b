import { createHash } from "node:crypto";
import { AppError, type Caller, hasHeaders, isStreamAnswer, type Route, type WireInput, withHeaders } from "@rivergen/contracts";
import { runInContext, type RequestContext } from "./context.ts";
import { toAppError, toProblem } from "./problem.ts";

/** An answer as it was given, to be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Where idempotency keys live: in a store that outlives the process. */
export interface IdempotencyStore {
  begin(claim: {
    owner: string;
    key: string;
    operation: string;
    bodySha256: string;
  }): Promise<{ state: "new"; claim: string } | { state: "in_flight" } | { state: "reused" } | ({ state: "replay" } & KeptAnswer)>;
  finish(claim: { owner: string; key: string; claim: string; answer: KeptAnswer | null }): Promise<void>;
}

/** @throws INVALID_REQUEST for a key that is empty, too long or not printable */
export function readIdempotencyKey(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && /^[\x21-\x7e]{1,255}$/.test(value)) return value;
  throw new AppError("INVALID_REQUEST", {
    errors: [{ path: "header/idempotency-key", code: "INVALID_FORMAT", message: "must be 1–255 printable characters without spaces" }],
  });
}

/**
 * Runs an operation once per key: the same key and body get the same answer, also over a crash between effect and
 * answer, since the ids of what it creates are derived from the key.
 * @throws IDEMPOTENCY_KEY_REUSED, REQUEST_IN_FLIGHT
 */
export async function runOnce(
  store: IdempotencyStore,
  key: string,
  call: { route: Route; operation: string; caller: Caller; input: WireInput; context: RequestContext },
  work: () => Promise<unknown>,
): Promise<unknown> {
  const { route, operation, caller, input, context } = call;
  const owner = `${caller.userId || "anonymous"}:${caller.workspaceId}`;
  const bodySha256 = createHash("sha256")
    .update(JSON.stringify([operation, input.params ?? {}, input.query ?? {}, input.body ?? null]))
    .digest("hex");
  const begun = await store.begin({ owner, key, operation, bodySha256 });
  if (begun.state === "in_flight") throw new AppError("REQUEST_IN_FLIGHT", { retryAfterSeconds: 1 });
  if (begun.state === "reused") throw new AppError("IDEMPOTENCY_KEY_REUSED");
  if (begun.state === "replay") return replay(begun);
  const requestKey = createHash("sha256").update(`${owner}\n${operation}\n${key}`).digest("hex");
  const finish = (answer: KeptAnswer | null): Promise<void> => store.finish({ owner, key, claim: begun.claim, answer });
  try {
    const answer = await runInContext({ ...context, requestKey }, work);
    if (isStreamAnswer(answer)) await finish(null);
    else await finish(keep(route, answer));
    return answer;
  } catch (error) {
    const failure = toAppError(error);
    // What another try could change is not kept.
    await finish(
      failure.status >= 500 || failure.retryable
        ? null
        : {
            status: failure.status,
            contentType: "application/problem+json; charset=utf-8",
            headers: {},
            body: JSON.stringify(toProblem(failure, context.requestId)),
          },
    );
    throw error;
  }
}

function keep(route: Route, answer: unknown): KeptAnswer {
  const value = hasHeaders(answer) ? answer.value : answer;
  const status = (hasHeaders(answer) ? answer.status : undefined) ?? route.status;
  return {
    status,
    contentType: "application/json; charset=utf-8",
    headers: hasHeaders(answer) ? { ...answer.headers } : {},
    body: value === undefined ? "" : JSON.stringify(value),
  };
}

function replay(kept: KeptAnswer): unknown {
  const headers = { ...kept.headers, "content-type": kept.contentType, "idempotency-replayed": "true" };
  return withHeaders(kept.body === "" ? undefined : (JSON.parse(kept.body) as unknown), headers, kept.status);
}
