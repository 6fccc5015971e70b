import { AppError, hasHeaders, isStreamAnswer, type Routes } from "@rivergen/contracts";
import { parseTraceparent, readTrace, runInContext } from "./context.ts";
import { answerPublic, type EdgeOptions } from "./edge.ts";
import type { ServicePort } from "./dispatch.ts";
import { type App, readInput, registerOperations, sendAnswer, sendProblem } from "./http.ts";
import type { Logger } from "./log.ts";
import { toAppError } from "./problem.ts";
import { serverSpan, type Tracing } from "./tracing.ts";

/** Registers a service's operations for other processes of the platform, by internal token; with `edge` also for the public. */
export function registerInternal(app: App, routes: Routes, port: ServicePort, log: Logger, tracing: Tracing, edge?: EdgeOptions): void {
  registerOperations(app, routes, async (route, operation, request, reply) => {
    if (edge?.operations[operation] && !request.headers["authorization"]?.startsWith("Internal ")) return answerPublic(edge, route, operation, request, reply);
    const abort = new AbortController();
    reply.raw.once("close", () => {
      if (!reply.raw.writableFinished) abort.abort(new AppError("DEADLINE_EXCEEDED"));
    });
    const header = (name: string): string | undefined => (typeof request.headers[name] === "string" ? request.headers[name] : undefined);
    const requestKey = header("x-request-key");
    const parent = parseTraceparent(header("traceparent"));
    // What nobody asked for (polls, heartbeats) comes without a recorded trace and begins none.
    const span = parent?.sampled === true ? tracing.start(serverSpan(route, operation, request.url, parent)) : undefined;
    const { traceId, spanId, sampled } = span ?? readTrace(header("traceparent"));
    const context = {
      requestId: header("x-request-id") ?? "",
      traceId,
      spanId,
      sampled,
      deadlineAt: Date.now() + Number(header("x-deadline-ms") ?? 30_000),
      signal: abort.signal,
      ...(requestKey === undefined ? {} : { requestKey }),
    };
    void reply.header("x-request-id", context.requestId);
    return runInContext(context, async () => {
      try {
        const token = /^Internal (.+)$/.exec(header("authorization") ?? "")?.[1];
        if (token === undefined) throw new AppError("UNAUTHENTICATED");
        const answer = await port.call(operation, await readInput(route, request), token);
        void reply.removeHeader("x-request-id");
        span?.end({ attributes: { "http.response.status_code": (hasHeaders(answer) ? answer.status : undefined) ?? route.status } });
        if (isStreamAnswer(answer)) return await sendAnswer(reply, route, { ...answer, headers: { ...answer.headers, "x-answer": "stream" } }, log);
        return await sendAnswer(reply, route, answer, log);
      } catch (error) {
        if (!request.raw.readableEnded) request.raw.resume();
        const failure = toAppError(error);
        span?.end({ attributes: { "http.response.status_code": failure.status }, error: failure });
        return sendProblem(reply, failure, log);
      }
    });
  });
}
