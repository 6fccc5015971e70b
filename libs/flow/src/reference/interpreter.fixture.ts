// What flows mean, written down a second time and as plainly as possible: a function of the item and of time.
import type { FlowNode } from "../document/grammar.ts";
import { applyLeaf, isFaulty } from "./leaf.fixture.ts";
import type { Item, LeafConfig } from "./leaf.fixture.ts";

/** How an item fared in a node, and when it was over. */
export interface Outcome {
  readonly end: number;
  readonly item?: Item;
  readonly error?: { readonly path: readonly string[]; readonly code: string };
  /** A handler recovered from the cut: nobody waits for the item any more. */
  readonly isLate?: boolean;
}

/** Something that can be seen from outside, when it happened. */
export interface Act {
  readonly at: number;
  readonly what: string;
}

/** One call of a node. It is cut off at `until`: what begins later never happens, what runs then ends in a cut. */
interface Call {
  readonly item: Item;
  readonly start: number;
  readonly until: number;
  readonly attempt: number;
  readonly acts: Act[];
  readonly breakers: Map<FlowNode, BreakerState>;
}

interface BreakerState {
  failures: number;
  openedAt: number | undefined;
}

const CUT = "CUT";
const copy = (item: Item): Item => structuredClone(item);
const isCut = ({ error, isLate }: Outcome): boolean => error?.code === CUT || isLate === true;
const under = (name: string, outcome: Outcome): Outcome =>
  outcome.error ? { end: outcome.end, error: { ...outcome.error, path: [name, ...outcome.error.path] } } : outcome;
const cut = (end: number): Outcome => ({ end, error: { path: [], code: CUT } });

export const isPositive = ({ value }: Item): boolean => value % 3 !== 0;
export const routeOf = ({ value }: Item): string => ["a", "b", "c"][value % 3] ?? "";
export const sumOf = (input: Item, values: readonly number[]): Item => ({ ...input, value: values.reduce((sum, value) => sum + value, 0) % 1_000 });
export const rescued = (input: Item): Item => ({ ...input, tags: [...input.tags, "rescued"] });

function runLeaf(node: FlowNode, { item, start, until, attempt }: Call): Outcome {
  const config = node.config as LeafConfig;
  const end = start + config.delayMs;
  if (end > until) return cut(until);
  if (isFaulty(config, item, attempt)) return { end, error: { path: [node.ref ?? ""], code: config.panics ? "INTERNAL" : "STEP_FAILED" } };
  return { end, item: applyLeaf(config, item) };
}

function runSequence(children: readonly FlowNode[], call: Call): Outcome {
  let outcome: Outcome = { end: call.start, item: call.item };
  for (const child of children) {
    if (isCut(outcome)) return cut(outcome.end);
    outcome = interpret(child, { ...call, item: outcome.item as Item, start: outcome.end });
    if (outcome.error) break;
  }
  return outcome;
}

/** All children from the same start, at most `workers` at a time. */
function runAll(node: FlowNode, call: Call, workers = Infinity): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const [index, child] of (node.children ?? []).entries()) {
    // A worker that was cut off does not take up anything else.
    const freed = index < workers ? undefined : inTime(outcomes)[index - workers];
    const isOver = freed !== undefined && isCut(freed);
    outcomes.push(isOver ? cut(call.until) : interpret(child, { ...call, start: freed?.end ?? call.start, item: copy(call.item) }));
  }
  return outcomes;
}

const lastEnd = (outcomes: readonly Outcome[]): number => Math.max(...outcomes.map(({ end }) => end));
const inTime = (outcomes: readonly Outcome[]): Outcome[] => outcomes.toSorted((left, right) => left.end - right.end);

function runConcurrent(node: FlowNode, call: Call, workers?: number): Outcome {
  const outcomes = runAll(node, call, workers);
  const end = lastEnd(outcomes);
  if (outcomes.some(isCut)) return cut(call.until);
  if (node.reducer)
    return {
      end,
      item: sumOf(
        call.item,
        outcomes.flatMap(({ item }) => (item ? [item.value] : [])),
      ),
    };
  const first = inTime(outcomes).find(({ error }) => error);
  return first ? { ...first, end } : { end, item: call.item };
}

/** The first that is accepted wins; what is over at once wins before the children behind it begin. */
function runRace(node: FlowNode, call: Call, accepts: (item: Item) => boolean): { readonly winner?: Outcome; readonly all: readonly Outcome[] } {
  const wins = (outcome: Outcome): boolean => outcome.item !== undefined && !isCut(outcome) && accepts(outcome.item);
  const trial = (acts: Act[], until: number, count: number): Outcome[] =>
    (node.children ?? []).slice(0, count).map((child) => interpret(child, { ...call, acts, until, item: copy(call.item) }));
  const dry = trial([], call.until, Infinity);
  const atOnce = dry.findIndex((outcome) => wins(outcome) && outcome.end === call.start);
  const winner = atOnce >= 0 ? dry[atOnce] : inTime(dry).find(wins);
  const all = trial(call.acts, winner?.end ?? call.until, atOnce >= 0 ? atOnce + 1 : Infinity);
  return { ...(winner ? { winner } : {}), all };
}

function lostRace(node: FlowNode, call: Call, all: readonly Outcome[]): Outcome {
  if (all.some(isCut)) return cut(call.until);
  const last = inTime(all).at(-1) as Outcome;
  if (node.type === "race") return last;
  return { end: last.end, error: { path: [], code: all.some(({ item }) => item) ? "CONTEST_UNDECIDED" : "CONTEST_FAILED" } };
}

function runRetry(node: FlowNode, call: Call): Outcome {
  const attempts = node.attempts || 3;
  let start = call.start;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = interpret(node.child as FlowNode, { ...call, start, attempt, item: copy(call.item) });
    if (!outcome.error || isCut(outcome) || attempt === attempts) return outcome;
    start = outcome.end + (node.backoff ? Number.parseFloat(node.backoff) * 2 ** (attempt - 1) : 0);
    if (start > call.until) return cut(call.until);
  }
}

function runTimeout(node: FlowNode, call: Call): Outcome {
  const deadline = call.start + Number.parseFloat(node.duration ?? "");
  const outcome = interpret(node.child as FlowNode, { ...call, until: Math.min(deadline, call.until) });
  return isCut(outcome) && deadline < call.until ? { end: deadline, error: { path: [], code: "DEADLINE_EXCEEDED" } } : outcome;
}

function runHandle(node: FlowNode, call: Call): Outcome {
  const outcome = under(nodeName(node), interpret(node.child as FlowNode, call));
  if (!outcome.error) return outcome;
  const { path, code } = outcome.error;
  call.acts.push({ at: outcome.end, what: code === CUT || code === "DEADLINE_EXCEEDED" ? "handled a cut" : `handled ${code} ${path.join("/")}` });
  if (node.error_handler === "rescue") return { end: outcome.end, item: rescued(call.item), isLate: isCut(outcome) };
  return isCut(outcome) ? cut(outcome.end) : { end: outcome.end, error: { code, path: path.slice(1) } };
}

function runScaffold(node: FlowNode, call: Call): Outcome {
  for (const child of node.children ?? []) {
    const outcome = under(nodeName(node), interpret(child, { ...call, item: copy(call.item), until: Infinity }));
    if (outcome.error) call.acts.push({ at: outcome.end, what: `lost ${outcome.error.code} ${outcome.error.path.join("/")}` });
  }
  return { end: call.start, item: call.item };
}

function runBreaker(node: FlowNode, call: Call): Outcome {
  const state = call.breakers.get(node) ?? { failures: 0, openedAt: undefined };
  call.breakers.set(node, state);
  const isOnTrial = state.openedAt !== undefined;
  if (state.openedAt !== undefined && call.start - state.openedAt < Number.parseFloat(node.recovery_timeout ?? "")) {
    return { end: call.start, error: { path: [], code: "CIRCUIT_OPEN" } };
  }
  const outcome = interpret(node.child as FlowNode, call);
  state.failures = outcome.error ? state.failures + 1 : 0;
  const opens = outcome.error !== undefined && (isOnTrial || state.failures >= (node.failure_threshold || 5));
  state.openedAt = opens ? outcome.end : undefined;
  if (opens) state.failures = 0;
  return outcome;
}

function runStream(node: FlowNode, call: Call): Outcome {
  call.acts.push({ at: call.start, what: `sent ${JSON.stringify(call.item)}` });
  return runSequence(node.children ?? [], call);
}

function nodeName(node: FlowNode): string {
  return node.name ?? node.ref ?? "";
}

function runWay(way: FlowNode | undefined, call: Call): Outcome {
  return way ? interpret(way, call) : { end: call.start, item: call.item };
}

function runOneOf(node: FlowNode, call: Call): Outcome {
  const { winner, all } = runRace(node, call, node.type === "race" ? () => true : isPositive);
  return winner ?? lostRace(node, call, all);
}

function runFallback({ children = [] }: FlowNode, call: Call): Outcome {
  const first = interpret(children[0] as FlowNode, { ...call, item: copy(call.item) });
  return !first.error || isCut(first) ? first : interpret(children[1] as FlowNode, { ...call, start: first.end });
}

const types: Readonly<Record<string, (node: FlowNode, call: Call) => Outcome>> = {
  sequence: ({ children = [] }, call) => runSequence(children, call),
  concurrent: (node, call) => runConcurrent(node, call),
  "worker-pool": (node, call) => runConcurrent(node, call, node.workers),
  race: runOneOf,
  contest: runOneOf,
  fallback: runFallback,
  retry: runRetry,
  timeout: runTimeout,
  filter: (node, call) => runWay(isPositive(call.item) ? node.then : node.else, call),
  switch: (node, call) => runWay(node.routes?.[routeOf(call.item)] ?? node.default, call),
  handle: runHandle,
  scaffold: runScaffold,
  "circuit-breaker": runBreaker,
  "rate-limit": ({ child }, call) => interpret(child as FlowNode, call),
  bulkhead: ({ child }, call) => interpret(child as FlowNode, call),
};

function interpret(node: FlowNode, call: Call): Outcome {
  if (node.ref !== undefined) return runLeaf(node, call);
  const run = node.stream === undefined ? types[node.type ?? ""] : runStream;
  if (!run) throw new Error(`the interpreter knows no ${node.type}`);
  return under(nodeName(node), run(node, call));
}

/** What becomes of one item that comes at a time; breakers keep their state in the map given. */
export function interpretFlow(
  node: FlowNode,
  item: Item,
  start: number,
  breakers: Map<FlowNode, BreakerState>,
): { readonly outcome: Outcome; readonly acts: readonly Act[] } {
  const acts: Act[] = [];
  const outcome = interpret(node, { item: copy(item), start, until: Infinity, attempt: 1, acts, breakers });
  return { outcome, acts };
}
