import type { Transaction } from "@rivergen/contracts";
import type { EventDraft, Message, Outbox } from "@rivergen/event-fabric";
import { currentContext, parseTraceparent, readTrace, runInContext, writeTrace } from "./context.ts";
import type { Tracing } from "./tracing.ts";

const system = { "messaging.system": "rivergen" };

/** An outbox whose events carry the trace they were caused in. */
export function traceOutbox(outbox: Outbox, tracing: Tracing): Outbox {
  return {
    async emit(tx: Transaction, ...events: readonly EventDraft[]) {
      const context = currentContext();
      if (!context) return outbox.emit(tx, ...events);
      const traced = events.map((event) => {
        if (!tracing.isOn || !context.sampled) return { ...event, traceparent: writeTrace(context) };
        const attributes = {
          ...system,
          "messaging.operation.type": "send",
          "messaging.operation.name": "send",
          "messaging.destination.name": event.topic,
          "cloudevents.event_type": event.type,
        };
        const span = tracing.start({ name: `send ${event.topic}`, kind: "producer", parent: context, attributes });
        span.end();
        return { ...event, traceparent: writeTrace(span) };
      });
      return outbox.emit(tx, ...traced);
    },
  };
}

/** Handles a message in the trace that it was sent in. */
export function traceHandler(
  group: string,
  handle: (tx: Transaction, message: Message) => Promise<void>,
  tracing: Tracing,
): (tx: Transaction, message: Message) => Promise<void> {
  return async (tx, message) => {
    const parent = parseTraceparent(message.traceparent);
    const attributes = {
      ...system,
      "messaging.operation.type": "process",
      "messaging.operation.name": "process",
      "messaging.destination.name": message.topic,
      "messaging.consumer.group.name": group,
      "messaging.message.id": message.id,
      "cloudevents.event_type": message.type,
    };
    const span = parent?.sampled === true ? tracing.start({ name: `process ${message.topic}`, kind: "consumer", parent, attributes }) : undefined;
    const { traceId, spanId, sampled } = span ?? readTrace(message.traceparent);
    try {
      await runInContext({ requestId: message.id, traceId, spanId, sampled }, () => handle(tx, message));
      span?.end();
    } catch (error) {
      span?.end({ error });
      throw error;
    }
  };
}
