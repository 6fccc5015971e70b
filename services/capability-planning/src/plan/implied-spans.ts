import type { Operator, RiverDocument } from "@rivergen/contracts";
import type { Writing } from "./relation.ts";

type Spans = Writing["spans"];

interface Placed {
  readonly kind: string;
  readonly pointer: string;
}

const isOperator = (key: string): boolean => key !== "from" && key !== "do";

const keyOf = (operator: Operator): string => Object.keys(operator).find(isOperator) ?? "";

/** The operators of a document in the order in which its steps stand. */
const operatorsOf = (document: RiverDocument): Placed[] =>
  Object.entries(document.steps ?? {}).flatMap(([name, step]) =>
    step.do === undefined
      ? [{ kind: keyOf(step as Operator), pointer: `/steps/${name}/${keyOf(step as Operator)}` }]
      : step.do.map((operator, at) => ({ kind: keyOf(operator), pointer: `/steps/${name}/do/${at}/${keyOf(operator)}` })),
  );

const covers = (span: Spans[number], operator: Placed): boolean => span.pointer === operator.pointer || span.pointer.startsWith(`${operator.pointer}/`);

const purposes: Readonly<Record<string, string>> = {
  join: "related rows",
  filter: "rows that can take part",
  dedupe: "each row once",
  orderBy: "order",
  window: "values of other rows",
  drop: "helping columns left out",
};

/** Operators that no word asked for belong to the words of the operator they prepare: a join to what is worked out after it. */
export const impliedSpans = (document: RiverDocument, spans: Spans): Spans => {
  const operators = operatorsOf(document);
  const served = operators.map((operator) => spans.find((span) => covers(span, operator)));
  return operators.flatMap(({ kind, pointer }, at) => {
    if (served[at] !== undefined) return [];
    const nearest = served.slice(at).find((span) => span !== undefined) ?? served.slice(0, at).findLast((span) => span !== undefined);
    return nearest === undefined ? [] : [{ origin: { ...nearest.origin, meaning: `${purposes[kind] ?? kind} for ${nearest.origin.meaning}` }, pointer }];
  });
};
