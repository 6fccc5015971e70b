import { metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Meter, Tracer } from "@opentelemetry/api";
import { failureOf } from "../pipeline-error.ts";
import { defineProcessor, isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";
import type { AnySignalEvent, Signals } from "../signals.ts";

const scope = "@rivergen/pipeline";

/**
 * Counts every signal in `rivergen.pipeline.signals` (attributes `signal` and `processor`) and writes it into the span
 * that is active where it happens. The meter defaults to that of the process.
 * @returns what ends the bridge
 */
export function bridgeToOpenTelemetry<Catalog>(signals: Signals<Catalog>, { meter = metrics.getMeter(scope) }: { readonly meter?: Meter } = {}): () => void {
  const counter = meter.createCounter("rivergen.pipeline.signals", { description: "Observable acts of pipelines, by signal and processor" });
  return signals.tap((event: AnySignalEvent<Catalog>) => {
    const signal = String(event.signal);
    const attributes = attributesOf(event.data);
    const processor = attributes["name"];
    counter.add(1, processor === undefined ? { signal } : { signal, processor });
    trace.getActiveSpan()?.addEvent(signal, attributes);
  });
}

/** The plain values of a signal's data; an error is its one-line summary, for its cause may hold what must not be shown. */
function attributesOf(data: unknown): Attributes {
  if (typeof data !== "object" || data === null) return {};
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) => {
      if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return [[key, value]];
      return value instanceof Error ? [[key, value.message]] : [];
    }),
  );
}

/** A span around every run of a processor, active inside it. The tracer defaults to that of the process. */
export function withSpan<In, Out>(child: Processor<In, Out>, { tracer = trace.getTracer(scope) }: { readonly tracer?: Tracer } = {}): Processor<In, Out> {
  const { name, kind, isLeaf } = child;
  const run = (input: In, context: Context): MaybePromise<Out> =>
    tracer.startActiveSpan(name, { attributes: { "rivergen.processor.kind": kind, "rivergen.execution.id": context.executionId } }, (span) => {
      const fail = (error: unknown): never => {
        const { code, summary } = failureOf(child, error, context);
        span.setAttribute("error.type", code);
        span.setStatus({ code: SpanStatusCode.ERROR, message: summary });
        span.end();
        throw error;
      };
      try {
        const value = child.run(input, context);
        if (isThenable(value)) return value.then((result) => (span.end(), result), fail);
        span.end();
        return value;
      } catch (error) {
        return fail(error);
      }
    });
  return defineProcessor({ name, kind, isLeaf, run, children: child.children, close: () => child.close() });
}
