import {
  concurrent,
  contest,
  createBreaker,
  defineProcessor,
  fallback,
  filter,
  race,
  scaffold,
  sequence,
  switchOn,
  withBackoff,
  withBreaker,
  withBulkhead,
  withDedupe,
  withHandler,
  withRateLimit,
  withRetry,
  withTimeout,
} from "@rivergen/pipeline";
import type { Clock, Processor, SomeProcessors } from "@rivergen/pipeline";
import type { z } from "zod";
import { readDuration } from "../document/duration.ts";
import { fields, isEmpty } from "../document/grammar.ts";
import type { FlowNode } from "../document/grammar.ts";
import type { Entries, EntryKind } from "../registry/entries.ts";
import type { Registry } from "../registry/registry.ts";
import { readConfig } from "../validate/names.ts";
import { nameOf } from "./node-name.ts";
import { inputAfter } from "./input-after.ts";
import type { States } from "./states.ts";
import { streamTo } from "./stream-to.ts";

/** A node that runs. */
export type Stage = Processor<unknown, unknown>;

export interface Building {
  readonly registry: Registry;
  readonly clock: Clock;
  /** Breakers and limiters, also those of the build before. */
  readonly states: States;
  nodes: number;
}

const msOf = (text: string | undefined): number => readDuration(text ?? "").ms ?? 0;
const numberOf = (value: number | undefined, absent: number): number => (value === undefined || value === null || value === 0 ? absent : value);

/** What a node names, and its parameters. The document was validated, so it is there. */
function find<Kind extends EntryKind>(building: Building, kind: Kind, name: string | undefined, config: unknown): { entry: Entries[Kind]; config: unknown } {
  const entry = building.registry[kind].get(name ?? "");
  if (!entry) throw new Error(`${kind} ${name} vanished between validation and build`);
  const schema = (entry as { readonly config?: z.ZodType }).config;
  return { entry, config: schema ? readConfig(schema, config).data : undefined };
}

const childOf = (building: Building, node: FlowNode): Stage => buildNode(building, node.child as FlowNode);
const childrenOf = (building: Building, { children = [] }: FlowNode): SomeProcessors<unknown, unknown> =>
  children.map((child) => buildNode(building, child)) as unknown as SomeProcessors<unknown, unknown>;

type Builder = (building: Building, node: FlowNode, name: string) => Stage;

const buildRef: Builder = (building, node) => {
  const { entry, config } = find(building, "processors", node.ref, node.config);
  return defineProcessor({ name: entry.name, kind: "processor", run: (item: unknown, context) => entry.run(item, context, config) });
};

const buildStream: Builder = (building, node, name) => {
  const { entry } = find(building, "channels", node.stream, undefined);
  const children = node.child ? [childOf(building, node)] : childrenOf(building, node);
  return streamTo({ name, channel: entry, timeoutMs: isEmpty(node.stream_timeout) ? undefined : msOf(node.stream_timeout), children });
};

const buildPredicate = (building: Building, node: FlowNode) => {
  const { entry, config } = find(building, "predicates", node.predicate, node.config);
  return (item: unknown, context: Parameters<typeof entry.test>[1]) => entry.test(item, context, config);
};

const buildCondition = (building: Building, node: FlowNode) => {
  const { entry, config } = find(building, "conditions", node.condition, node.config);
  return (item: unknown, context: Parameters<typeof entry.choose>[1]) => entry.choose(item, context, config);
};

const buildConcurrent: Builder = (building, node, name) => {
  const children = childrenOf(building, node);
  if (isEmpty(node.reducer)) return concurrent(name, children);
  const { entry, config } = find(building, "reducers", node.reducer, node.config);
  return concurrent(name, children, { reduce: (input, outcomes) => entry.reduce(input, outcomes, config) });
};

/** Whatever a child throws is tried again: the original knows no errors that are answers. */
const always = (): boolean => true;

const buildRetry: Builder = (building, node, name) => {
  const child = childOf(building, node);
  const attempts = numberOf(node.attempts, fields.attempts.fallback);
  if (isEmpty(node.backoff)) return withRetry(name, child, { attempts, isRetryable: always });
  const capMs = isEmpty(node.max_backoff) ? Infinity : msOf(node.max_backoff);
  return withBackoff(name, child, { attempts, isRetryable: always, baseMs: msOf(node.backoff), capMs, jitter: node.jitter ?? 0 });
};

const buildFilter: Builder = (building, node, name) => {
  const test = buildPredicate(building, node);
  const yes = buildNode(building, node.then as FlowNode);
  return node.else ? filter(name, test, yes, buildNode(building, node.else)) : filter(name, test, yes);
};

const buildSwitch: Builder = (building, node, name) => {
  const choose = buildCondition(building, node);
  const routes = Object.fromEntries(Object.entries(node.routes ?? {}).map(([key, route]) => [key, buildNode(building, route)]));
  if (!node.default) return switchOn(name, choose, routes);
  const otherwise = buildNode(building, node.default);
  // `default` has the last word on the key of that name, as in the original.
  return switchOn(name, choose, { ...routes, default: otherwise }, otherwise);
};

const buildHandle: Builder = (building, node, name) => {
  const { entry, config } = find(building, "errorHandlers", node.error_handler, node.config);
  return withHandler(name, childOf(building, node), (error, input, context) => entry.handle(error, input, context, config));
};

const buildBreaker: Builder = (building, node, name) => {
  const options = {
    failures: numberOf(node.failure_threshold, fields.failure_threshold.fallback),
    successes: numberOf(node.success_threshold, fields.success_threshold.fallback),
    openMs: msOf(node.recovery_timeout || fields.recovery_timeout.fallback),
  };
  const breaker = building.states.breaker(node, options, (initial) =>
    createBreaker({ ...options, isFailure: always, clock: building.clock, ...(initial ? { initial } : {}) }),
  );
  return withBreaker(name, childOf(building, node), breaker);
};

const buildRateLimit: Builder = (building, node, name) => {
  const options = {
    perSecond: numberOf(node.requests_per_second, fields.requests_per_second.fallback),
    burst: numberOf(node.burst_size, fields.burst_size.fallback),
    mode: node.mode || fields.mode.fallback,
  };
  return withRateLimit(name, childOf(building, node), building.states.limiter(node, options, building.clock));
};

const buildDedupe: Builder = (building, node, name) =>
  withDedupe(name, childOf(building, node), {
    key: buildCondition(building, node),
    keepMs: isEmpty(node.keep) ? 0 : msOf(node.keep),
    maxKeys: numberOf(node.capacity, fields.capacity.fallback),
  });

const builders: Readonly<Record<NonNullable<FlowNode["type"]>, Builder>> = {
  sequence: (building, node, name) => sequence(name, childrenOf(building, node)),
  concurrent: buildConcurrent,
  race: (building, node, name) => race(name, childrenOf(building, node)),
  contest: (building, node, name) => contest(name, buildPredicate(building, node), childrenOf(building, node)),
  fallback: (building, node, name) => fallback(name, childrenOf(building, node)),
  retry: buildRetry,
  timeout: (building, node, name) => withTimeout(name, childOf(building, node), msOf(node.duration || fields.duration.fallback)),
  filter: buildFilter,
  switch: buildSwitch,
  handle: buildHandle,
  scaffold: (building, node, name) => scaffold(name, childrenOf(building, node)),
  "worker-pool": (building, node, name) => inputAfter(name, childrenOf(building, node), numberOf(node.workers, fields.workers.fallback)),
  "circuit-breaker": buildBreaker,
  "rate-limit": buildRateLimit,
  bulkhead: (building, node, name) =>
    withBulkhead(name, childOf(building, node), {
      concurrency: numberOf(node.workers, fields.workers.fallback),
      queue: numberOf(node.queue, fields.queue.fallback),
    }),
  dedupe: buildDedupe,
};

/** Makes a node of a valid document run. */
export function buildNode(building: Building, node: FlowNode): Stage {
  building.nodes += 1;
  const name = nameOf(node);
  if (!isEmpty(node.ref)) return buildRef(building, node, name);
  if (!isEmpty(node.stream)) return buildStream(building, node, name);
  return builders[node.type as NonNullable<FlowNode["type"]>](building, node, name);
}
