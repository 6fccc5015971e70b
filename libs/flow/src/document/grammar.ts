/** Every type a node can have. */
export const nodeTypes = [
  "sequence",
  "concurrent",
  "race",
  "contest",
  "fallback",
  "retry",
  "timeout",
  "filter",
  "switch",
  "handle",
  "scaffold",
  "worker-pool",
  "circuit-breaker",
  "rate-limit",
  "bulkhead",
  "dedupe",
] as const;
export type NodeType = (typeof nodeTypes)[number];

/** A node of a flow as it is written. Exactly one of `ref`, `type` and `stream` says what it is. Empty values count as absent. */
export interface FlowNode {
  /** Runs the registered processor of this name, or `name@version`. */
  readonly ref?: string;
  readonly type?: NodeType;
  /** Sends the item to the registered channel of this name. */
  readonly stream?: string;
  readonly name?: string;
  readonly children?: readonly FlowNode[];
  readonly child?: FlowNode;
  readonly then?: FlowNode;
  readonly else?: FlowNode;
  readonly routes?: Readonly<Record<string, FlowNode>>;
  readonly default?: FlowNode;
  readonly predicate?: string;
  readonly condition?: string;
  readonly reducer?: string;
  readonly error_handler?: string;
  readonly stream_timeout?: string;
  readonly attempts?: number;
  readonly backoff?: string;
  readonly max_backoff?: string;
  readonly jitter?: number;
  readonly duration?: string;
  readonly keep?: string;
  readonly failure_threshold?: number;
  readonly success_threshold?: number;
  readonly recovery_timeout?: string;
  readonly requests_per_second?: number;
  readonly burst_size?: number;
  readonly mode?: "wait" | "drop";
  readonly workers?: number;
  readonly queue?: number;
  readonly capacity?: number;
  /** Parameters of what the node names: its processor, predicate, condition, reducer or error handler. */
  readonly config?: unknown;
}

/** A whole flow: its root node, and a version that is only reported. */
export interface FlowDocument extends FlowNode {
  readonly version?: string;
}

/** What can stand under a key. */
export type FieldKind = "text" | "integer" | "number" | "duration" | "node" | "nodes" | "routes" | "config";

export interface Field {
  readonly kind: FieldKind;
  readonly about: string;
  /** What it counts as where it is absent. */
  readonly fallback?: string | number;
  /** The values it can have, where they are few. */
  readonly values?: readonly string[];
  /** Smallest and largest number. */
  readonly min?: number;
  readonly max?: number;
  /** Which registry the name is looked up in. */
  readonly names?: "processors" | "predicates" | "conditions" | "reducers" | "errorHandlers" | "channels";
}

/** Every key of a node. */
export const fields = {
  ref: { kind: "text", names: "processors", about: "the processor that runs; `name` or `name@version`" },
  type: { kind: "text", values: nodeTypes, about: "what the node does with its children" },
  stream: { kind: "text", names: "channels", about: "the channel the item is sent to" },
  name: { kind: "text", about: "stands in error paths, signals and pictures; default: the type, with what it names" },
  children: { kind: "nodes", about: "the nodes under this one, in order" },
  child: { kind: "node", about: "the one node under this one" },
  then: { kind: "node", about: "runs where the predicate says yes" },
  else: { kind: "node", about: "runs where the predicate says no; default: the item passes unchanged" },
  routes: { kind: "routes", about: "a node for each key the condition can answer" },
  default: { kind: "node", about: "runs where no route has the key; default: the item passes unchanged" },
  predicate: { kind: "text", names: "predicates", about: "the question asked about the item" },
  condition: { kind: "text", names: "conditions", about: "the function that answers a key for the item" },
  reducer: { kind: "text", names: "reducers", about: "makes one item of the input, the results and the errors of all children" },
  error_handler: { kind: "text", names: "errorHandlers", about: "gets the error with its whole path; may recover by answering an item" },
  stream_timeout: { kind: "duration", about: "how long to wait for room in the channel; default: until the call ends" },
  attempts: { kind: "integer", fallback: 3, min: 0, about: "total tries, the first included" },
  backoff: { kind: "duration", about: "wait after the first failure; doubles after every further one. Default: no wait" },
  max_backoff: { kind: "duration", about: "no wait is longer; default: no limit" },
  jitter: { kind: "number", fallback: 0, min: 0, max: 1, about: "share of each wait that is random, taken off the wait" },
  duration: { kind: "duration", fallback: "30s", about: "how long the child may take" },
  keep: { kind: "duration", about: "how long a result is given to later items of the same key; default: to those that come while it is made" },
  failure_threshold: { kind: "integer", fallback: 5, min: 0, about: "failures in a row that open the breaker" },
  success_threshold: { kind: "integer", fallback: 1, min: 0, about: "trial calls in a row that must succeed to close it" },
  recovery_timeout: { kind: "duration", fallback: "60s", about: "how long it stays open before it lets a trial call through" },
  requests_per_second: { kind: "number", fallback: 10, min: 0, about: "items let through per second" },
  burst_size: { kind: "integer", fallback: 1, min: 0, about: "items let through at once after a pause" },
  mode: { kind: "text", values: ["wait", "drop"], fallback: "wait", about: "what happens to an item that comes too early: it waits, or fails" },
  workers: { kind: "integer", fallback: 4, min: 0, about: "children, or items, that run at the same time" },
  queue: { kind: "integer", fallback: 1_000, min: 0, about: "items that may wait; the next one fails" },
  capacity: { kind: "integer", fallback: 10_000, min: 0, about: "results kept at the same time" },
  config: { kind: "config", about: "parameters of what the node names, checked by the schema it was registered with" },
} as const satisfies Readonly<Record<string, Field>>;
export type FieldName = keyof typeof fields;

export interface NodeShape {
  readonly about: string;
  readonly required: readonly FieldName[];
  readonly optional: readonly FieldName[];
}

/** What each kind of node takes besides `name`. */
export const shapes: Readonly<Record<NodeType | "ref" | "stream", NodeShape>> = {
  ref: {
    about: "Runs a registered processor. Errors and signals carry the processor's name; `name` is for pictures.",
    required: ["ref"],
    optional: ["config"],
  },
  stream: {
    about: "Sends the item itself to a channel, waits while it is full, then goes on with its children.",
    required: ["stream"],
    optional: ["stream_timeout", "child", "children"],
  },
  sequence: { about: "One child after the other; the output of each is the input of the next. The first error ends it.", required: ["children"], optional: [] },
  concurrent: {
    about:
      "All children at once, each on the same untouched input. Waits for all. Without a reducer the input passes on, or the first error is thrown; with one, its answer passes on.",
    required: ["children"],
    optional: ["reducer", "config"],
  },
  race: { about: "All children at once; the first success wins, the others are cancelled. If all fail, the last error.", required: ["children"], optional: [] },
  contest: {
    about: "All children at once; the first success that satisfies the predicate wins, the others are cancelled.",
    required: ["predicate", "children"],
    optional: ["config"],
  },
  fallback: { about: "Two children: the second gets the original input if the first fails.", required: ["children"], optional: [] },
  retry: { about: "Tries its child again on the same input.", required: ["child"], optional: ["attempts", "backoff", "max_backoff", "jitter"] },
  timeout: { about: "Gives its child so much time; then it is cancelled and its late result ignored.", required: ["child"], optional: ["duration"] },
  filter: { about: "One of two ways, as the predicate says.", required: ["predicate", "then"], optional: ["else", "config"] },
  switch: { about: "The way whose key the condition answers.", required: ["condition", "routes"], optional: ["default", "config"] },
  handle: {
    about: "Shows errors of its child to an error handler. They are thrown on, unless the handler recovers.",
    required: ["error_handler", "child"],
    optional: ["config"],
  },
  scaffold: {
    about:
      "Starts its children in the background, each on the input as it was, and passes the input on at once. They end on their own, whatever becomes of the call; their errors are signals.",
    required: ["children"],
    optional: [],
  },
  "worker-pool": {
    about: "All children on the same untouched input, so many at a time over all calls. Waits for all; then the input passes on, or the first error is thrown.",
    required: ["children"],
    optional: ["workers"],
  },
  "circuit-breaker": {
    about: "Lets no call through for a while after failures in a row. Its state belongs to the node and survives a reload.",
    required: ["child"],
    optional: ["failure_threshold", "success_threshold", "recovery_timeout"],
  },
  "rate-limit": {
    about: "Lets so many items through per second; the bucket starts full and survives a reload.",
    required: ["child"],
    optional: ["requests_per_second", "burst_size", "mode"],
  },
  bulkhead: { about: "So many items at a time go through its child; others wait in line.", required: ["child"], optional: ["workers", "queue"] },
  dedupe: {
    about: "One call of its child for all items with the same key, which the condition answers; the others get its result.",
    required: ["condition", "child"],
    optional: ["keep", "capacity", "config"],
  },
};

/** Whether a value counts as absent: the original leaves empty values out when it writes a document. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === 0) return true;
  if (typeof value !== "object") return false;
  return Array.isArray(value) && value.length === 0;
}
