import fc from "fast-check";
import type { FlowNode } from "../document/grammar.ts";
import type { LeafConfig } from "./leaf.fixture.ts";

interface Numbering {
  next: number;
}

type Shape = (numbering: Numbering) => FlowNode;

/** Delays without equal sums: multiples of the square roots of different primes would do, random fractions do as well. */
const delay = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: fc.double({ min: 1, max: 50, noNaN: true }) });

const leaf: fc.Arbitrary<Shape> = fc
  .record({
    name: fc.integer({ min: 0, max: 4 }),
    delayMs: delay,
    does: fc.constantFrom<LeafConfig["does"]>("add", "tag", "scribble"),
    faults: fc.constantFrom(0, 0, 10, 40, 80),
    panics: fc.boolean(),
    salt: fc.double({ min: 1e-6, max: 1e-3, noNaN: true }),
  })
  .map(({ name, delayMs, salt, ...rest }) => (numbering) => {
    const id = numbering.next++;
    return { ref: `work${name}`, config: { ...rest, id, delayMs: delayMs === 0 ? 0 : delayMs + salt * (1 + Math.sqrt(id + 2)) } };
  });

const ms = fc.double({ min: 1, max: 80, noNaN: true }).map((value) => `${value.toFixed(9)}ms`);

/** A name of its own for every node, so that a path tells which one it was. */
function named(node: FlowNode, numbering: Numbering): FlowNode {
  return { ...node, name: `${node.type ?? "stream"}${numbering.next++}` };
}

/** Lets time pass before a node: what takes up a free worker is then never over at the moment at which it became free. */
const afterWait =
  (shape: Shape): Shape =>
  (numbering) => {
    const id = numbering.next++;
    const wait: LeafConfig = { id, does: "tag", faults: 0, panics: false, delayMs: 1 + Math.sqrt(id + 2) / 1e3 };
    return named({ type: "sequence", children: [{ ref: "work0", config: wait }, shape(numbering)] }, numbering);
  };

const many = (shapes: fc.Arbitrary<Shape>, minLength = 1) => fc.array(shapes, { minLength, maxLength: 3 });

function withChildren(shapes: fc.Arbitrary<Shape>): fc.Arbitrary<Shape>[] {
  const list = (make: (children: FlowNode[]) => FlowNode) => (all: Shape[]) => (numbering: Numbering) =>
    named(make(all.map((one) => one(numbering))), numbering);
  return [
    many(shapes).map(list((children) => ({ type: "sequence", children }))),
    many(shapes).map(list((children) => ({ type: "concurrent", children }))),
    many(shapes).map(list((children) => ({ type: "concurrent", reducer: "sum", children }))),
    many(shapes).map(list((children) => ({ type: "race", children }))),
    many(shapes).map(list((children) => ({ type: "contest", predicate: "positive", children }))),
    fc.tuple(shapes, shapes).map(list((children) => ({ type: "fallback", children }))),
    many(shapes).map(list((children) => ({ type: "scaffold", children }))),
    fc
      .tuple(fc.integer({ min: 1, max: 2 }), many(shapes))
      .map(([workers, all]) => list((children) => ({ type: "worker-pool", workers, children }))(all.map((one) => afterWait(one)))),
    many(shapes, 0).map(list((children) => ({ stream: "out", children }))),
  ];
}

function withChild(shapes: fc.Arbitrary<Shape>): fc.Arbitrary<Shape>[] {
  const one = (make: (child: FlowNode, salt: number) => FlowNode) => (inner: Shape) => (numbering: Numbering) =>
    named(make(inner(numbering), Math.sqrt(numbering.next + 2) / 1e3), numbering);
  const settings = fc.record({
    attempts: fc.integer({ min: 1, max: 4 }),
    backoff: fc.option(ms, { nil: "" }),
    duration: ms,
    handler: fc.constantFrom("note", "rescue"),
  });
  return [
    fc.tuple(settings, shapes).map(([{ attempts, backoff }, inner]) => one((child) => ({ type: "retry", attempts, backoff, child }))(inner)),
    fc
      .tuple(settings, shapes)
      .map(([{ duration }, inner]) => one((child, salt) => ({ type: "timeout", duration: `${Number.parseFloat(duration) + salt}ms`, child }))(inner)),
    fc.tuple(settings, shapes).map(([{ handler }, inner]) => one((child) => ({ type: "handle", error_handler: handler, child }))(inner)),
    shapes.map(one((child) => ({ type: "rate-limit", requests_per_second: 1e6, burst_size: 1e6, child }))),
    shapes.map(one((child) => ({ type: "bulkhead", workers: 8, child }))),
  ];
}

function withWays(shapes: fc.Arbitrary<Shape>): fc.Arbitrary<Shape>[] {
  const maybe = fc.option(shapes, { nil: undefined });
  return [
    fc.tuple(shapes, maybe).map(
      ([yes, no]): Shape =>
        (numbering) =>
          named({ type: "filter", predicate: "positive", then: yes(numbering), ...(no ? { else: no(numbering) } : {}) }, numbering),
    ),
    fc.tuple(shapes, shapes, maybe).map(
      ([a, b, rest]): Shape =>
        (numbering) =>
          named({ type: "switch", condition: "route", routes: { a: a(numbering), b: b(numbering) }, ...(rest ? { default: rest(numbering) } : {}) }, numbering),
    ),
  ];
}

function shapesOf(depth: number): fc.Arbitrary<Shape> {
  if (depth === 0) return leaf;
  const inner = shapesOf(depth - 1);
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    ...[...withChildren(inner), ...withChild(inner), ...withWays(inner)].map((arbitrary) => ({ weight: 1, arbitrary })),
  );
}

/** A breaker counts what happened before, so it stands where nothing runs beside it: at the root, around the rest. */
const rooted = (depth: number): fc.Arbitrary<Shape> =>
  fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 3 }), ms, shapesOf(depth)).map(([hasBreaker, threshold, recovery, inner]): Shape => (numbering) => {
    const child = inner(numbering);
    return hasBreaker ? named({ type: "circuit-breaker", failure_threshold: threshold, recovery_timeout: recovery, child }, numbering) : child;
  });

/** Random documents whose steps fail at random, but for the same item always in the same way. */
export const documents: fc.Arbitrary<FlowNode> = rooted(3).map((shape) => shape({ next: 0 }));
