import type { Attributes, SpanKind, Tracer } from "@opentelemetry/api";
import { AppError, type Route } from "@rivergen/contracts";
import { createTrace, currentContext, runInContext, type TraceContext } from "./context.ts";

/** Work that a collector of traces is told of. Names and attributes follow OpenTelemetry's semantic conventions. */
export interface SpanStart {
  /** Of few different values: a route, not an address. */
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  /** Where it was asked for; undefined begins a trace. */
  readonly parent: TraceContext | undefined;
  readonly attributes?: Attributes;
  /** Default: now. */
  readonly startedAt?: Date;
}
export interface SpanEnd {
  readonly attributes?: Attributes;
  /** Why it failed: its code becomes `error.type`; faults of the platform count as errors, refusals do not. */
  readonly error?: unknown;
}
export interface Span extends TraceContext {
  end(end?: SpanEnd): void;
}

/** Tells a collector what was done; off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set, and then nothing of it is loaded. */
export interface Tracing {
  readonly isOn: boolean;
  start(given: SpanStart): Span;
  /** Sends what is left, for so long at most. */
  close(timeoutMs: number): Promise<void>;
}

const nothing = (): void => undefined;

/** Gives every piece of work its place in the trace, and tells nobody. */
export const silentTracing: Tracing = {
  isOn: false,
  start: ({ parent }) => ({ ...createTrace(parent, true), end: nothing }),
  close: async () => undefined,
};

/**
 * Starts the exporter that the `OTEL_…` variables describe (of the process: the SDK reads them itself).
 * @param service `service.name`, unless `OTEL_SERVICE_NAME` says otherwise
 */
export async function openTracing(environment: Readonly<Record<string, string | undefined>>, service: string, version: string): Promise<Tracing> {
  if (!environment["OTEL_EXPORTER_OTLP_ENDPOINT"]) return silentTracing;
  const [{ ROOT_CONTEXT, SpanKind: kinds, SpanStatusCode, trace }, { NodeSDK }] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/sdk-node"),
  ]);
  // Spans only: metrics are scraped, logs are lines.
  const sdk = new NodeSDK({ serviceName: environment["OTEL_SERVICE_NAME"] ?? service, metricReaders: [], logRecordProcessors: [], instrumentations: [] });
  sdk.start();
  const tracer: Tracer = trace.getTracer("rivergen", version);
  const kindOf: Readonly<Record<SpanStart["kind"], SpanKind>> = {
    internal: kinds.INTERNAL,
    server: kinds.SERVER,
    client: kinds.CLIENT,
    producer: kinds.PRODUCER,
    consumer: kinds.CONSUMER,
  };
  return {
    isOn: true,
    start({ name, kind, parent, attributes = {}, startedAt }) {
      const context = parent
        ? trace.setSpanContext(ROOT_CONTEXT, { traceId: parent.traceId, spanId: parent.spanId, traceFlags: parent.sampled ? 1 : 0, isRemote: true })
        : ROOT_CONTEXT;
      const span = tracer.startSpan(name, { kind: kindOf[kind], attributes, ...(startedAt && { startTime: startedAt }) }, context);
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceId,
        spanId,
        sampled: (traceFlags & 1) === 1,
        end({ attributes: more = {}, error } = {}) {
          span.setAttributes(more);
          if (error !== undefined) {
            span.setAttribute("error.type", typeOf(error));
            if (isFault(error)) span.setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        },
      };
    },
    async close(timeoutMs) {
      await Promise.race([sdk.shutdown().catch(nothing), new Promise((done) => setTimeout(done, timeoutMs).unref())]);
    },
  };
}

/** A request as it arrives at an operation. */
export function serverSpan(route: Route, operation: string, url: string, parent: TraceContext | undefined): SpanStart {
  const attributes = {
    "http.request.method": route.method,
    "http.route": route.path,
    "url.path": url.split("?", 1)[0] ?? "",
    "url.scheme": "http",
    "rivergen.operation": operation,
  };
  return { name: `${route.method} ${route.path}`, kind: "server", parent, attributes };
}

const typeOf = (error: unknown): string => (error instanceof AppError ? error.code : error instanceof Error ? error.name : "Error");
const isFault = (error: unknown): boolean => !(error instanceof AppError) || error.status >= 500;

/** Runs work as a span of the present request; where none is recorded, just runs it. */
export async function inSpan<T>(tracing: Tracing, given: Omit<SpanStart, "parent">, work: () => Promise<T>): Promise<T> {
  const context = currentContext();
  if (!tracing.isOn || !context?.sampled) return work();
  const span = tracing.start({ ...given, parent: context });
  try {
    const result = await runInContext({ ...context, traceId: span.traceId, spanId: span.spanId, sampled: span.sampled }, work);
    span.end();
    return result;
  } catch (error) {
    span.end({ error });
    throw error;
  }
}
