import type { FlowNode, NodeType } from "../document/grammar.ts";

/** What a node can say besides its children. */
export type NodeOptions = Omit<FlowNode, "ref" | "type" | "stream" | "children" | "child" | "then" | "else" | "routes" | "default">;

const many =
  (type: NodeType) =>
  (children: readonly FlowNode[], options: NodeOptions = {}): FlowNode => ({ type, children, ...options });

const one =
  (type: NodeType) =>
  (child: FlowNode, options: NodeOptions = {}): FlowNode => ({ type, child, ...options });

/** Writes documents in code: `flow.sequence([flow.ref("a"), flow.retry(flow.ref("b"), { attempts: 5 })])`. */
export const flow = {
  ref: (ref: string, config?: unknown): FlowNode => (config === undefined ? { ref } : { ref, config }),
  stream: (stream: string, children: readonly FlowNode[] = [], options: NodeOptions = {}): FlowNode => ({ stream, children, ...options }),
  sequence: many("sequence"),
  concurrent: many("concurrent"),
  race: many("race"),
  contest: (predicate: string, children: readonly FlowNode[], options: NodeOptions = {}): FlowNode => ({ type: "contest", predicate, children, ...options }),
  fallback: (primary: FlowNode, second: FlowNode, options: NodeOptions = {}): FlowNode => ({ type: "fallback", children: [primary, second], ...options }),
  retry: one("retry"),
  timeout: one("timeout"),
  filter: (predicate: string, yes: FlowNode, no?: FlowNode, options: NodeOptions = {}): FlowNode => ({
    type: "filter",
    predicate,
    then: yes,
    ...(no ? { else: no } : {}),
    ...options,
  }),
  switch: (condition: string, routes: Readonly<Record<string, FlowNode>>, otherwise?: FlowNode, options: NodeOptions = {}): FlowNode => ({
    type: "switch",
    condition,
    routes,
    ...(otherwise ? { default: otherwise } : {}),
    ...options,
  }),
  handle: (handler: string, child: FlowNode, options: NodeOptions = {}): FlowNode => ({ type: "handle", error_handler: handler, child, ...options }),
  scaffold: many("scaffold"),
  workerPool: many("worker-pool"),
  circuitBreaker: one("circuit-breaker"),
  rateLimit: one("rate-limit"),
  bulkhead: one("bulkhead"),
  dedupe: (condition: string, child: FlowNode, options: NodeOptions = {}): FlowNode => ({ type: "dedupe", condition, child, ...options }),
};
