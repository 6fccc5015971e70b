import type { Fault, Plan, Prompt, Quote, RiverDocument } from "@rivergen/contracts";
import { labelled } from "./labelled.ts";
import { formatCount, formatDurations, formatInterval, formatSmall } from "./number.ts";
import type { Canvas } from "./style.ts";
import { renderTable } from "./table.ts";
import { fit, safeLines, safeText, wrap } from "./text.ts";

const operatorWords: Readonly<Record<string, string>> = { orderBy: "order", dropNulls: "drop nulls", fillNulls: "fill nulls" };
const longestFlow = 400;

/** The way of the data in one line: `flights ⋈ airports → filter → aggregate → order → limit`. */
export function describeFlow(document: RiverDocument): string {
  const active = new Set<string>();
  const text = (name: string): string => {
    const source = document.sources[name];
    if (source) return source.dataset;
    const step = document.steps?.[name];
    // A document the platform answered has no cycles; one that has them is shown with the bare name.
    if (!step || active.has(name)) return name;
    active.add(name);
    const { from, do: list, ...own } = step;
    const start = typeof from === "string" ? text(from) : from.map(text).join(", ");
    const words = (list ?? [own]).flatMap((operator) => Object.entries(operator).filter(([, value]) => value !== undefined));
    const whole = words.reduce((line, [operator, value]) => line + describeOperator(operator, value, text), start);
    active.delete(name);
    return whole;
  };
  const ways = Object.values(document.outputs).map(({ from }) => safeText(text(from)));
  return fit(ways.join("   "), longestFlow);
}

function describeOperator(operator: string, value: unknown, text: (name: string) => string): string {
  const inner = (name: string): string => {
    const whole = text(name);
    return whole.includes(" ") ? `(${whole})` : whole;
  };
  if (operator === "join") {
    const { to, type } = value as { to: string; type?: string };
    if (type === "anti") return ` without ${inner(to)}`;
    return ` ⋈ ${inner(to)}`;
  }
  const signs: Readonly<Record<string, string>> = { union: "∪", intersect: "∩", except: "∖" };
  const sign = signs[operator];
  if (sign !== undefined) {
    const others = (value as { with: string | string[] }).with;
    return [others]
      .flat()
      .map((other) => ` ${sign} ${inner(other)}`)
      .join("");
  }
  return ` → ${operatorWords[operator] ?? operator}`;
}

/** How the words of a question were read: `average delay → avg(delay)   by state → airports.state`. */
export function renderReading(prompt: Prompt, canvas: Canvas): string[] {
  const explanation = safeText(prompt.explanation);
  // An explanation that goes word by word says it all; prose stands below the words' own meanings.
  const isWordByWord = explanation.includes(" → ");
  const pairs = prompt.spans
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map(({ start, end, meaning }) => `${safeText(prompt.text.slice(start, end))} → ${safeText(meaning)}`);
  const reading = isWordByWord ? explanation.split("   ") : [...new Set(pairs)];
  return [
    ...labelled("reading", reading.length > 0 ? reading : wrap(explanation, canvas.width - 11), canvas),
    ...(!isWordByWord && reading.length > 0 && explanation !== "" ? labelled("that is", explanation.split(" "), canvas, " ") : []),
    ...labelled("assumed", prompt.assumptions.length > 0 ? prompt.assumptions.map(safeText) : ["nothing"], canvas),
    ...labelled("unused", prompt.unused.length > 0 ? prompt.unused.map((word) => `“${safeText(word)}”`) : ["no words"], canvas),
    ...prompt.readings.flatMap((reading, at) => labelled(at === 0 ? "or" : "", [`${at + 1} ${safeText(reading.text)}`], canvas)),
  ];
}

/** A question back, with its numbered answers: `?  state of   1 origin   2 destination`. */
export function renderQuestion(question: Prompt["questions"][number], { style, width }: Canvas): string[] {
  const options = question.options.map(({ text }, at) => `${style.bold(String(at + 1))} ${safeText(text)}`);
  const oneLine = `${style.warn("?")}  ${safeText(question.text)}   ${options.join("   ")}`;
  const isShort = question.text.length + question.options.reduce((sum, { text }) => sum + text.length + 6, 3) <= width;
  return isShort && Number.isFinite(width) ? [oneLine] : [`${style.warn("?")}  ${safeText(question.text)}`, ...options.map((option) => `   ${option}`)];
}

/** Labels that reach the result, with the column and where they come from; `none` where there are none. */
function labelPieces(plan: Plan, { style }: Canvas): string[] {
  if (plan.labels.length === 0) return ["none"];
  return plan.labels.map(({ column, label, origins, influence }) =>
    style.warn(`${safeText(label)} in ${safeText(column)} (${influence} of ${origins.map(safeText).join(", ")})`),
  );
}

/** The plan of a document: its way, labels that reach the result, policies, warnings and the quote. */
export function renderPlan(document: RiverDocument, plan: Plan, canvas: Canvas): string[] {
  const { style } = canvas;
  return [
    ...labelled("plan", describeFlow(document).split("   "), canvas),
    ...labelled("labels", [...labelPieces(plan, canvas), ...(plan.labels.length === 0 ? ["reach the result"] : [])], canvas, " "),
    ...plan.policies.flatMap(({ name, effect, detail }) => labelled("policy", [`${safeText(name)}: ${safeText(effect)}`, safeText(detail)], canvas)),
    ...plan.warnings.flatMap(({ message }) => labelled("warning", [style.warn(safeText(message))], canvas)),
    ...renderQuote(plan.quote, canvas),
  ];
}

/** `quote  0.3–0.6 s   0.0002–0.0004 EUR   (80 % interval, 12 past runs)` */
export function renderQuote(quote: Quote, canvas: Canvas): string[] {
  const price = quote.price.low === null && quote.price.high === null ? "price unknown" : formatInterval(quote.price, quote.price.currency, formatSmall);
  return labelled("quote", [formatDurations(quote.durationMs), price, canvas.style.dim(`(80 % interval, ${safeText(quote.basis)})`)], canvas);
}

/** The steps of a plan as a table, and their statements where asked. */
export function renderSteps(plan: Plan, canvas: Canvas, withSql: boolean): string[] {
  const rows = plan.steps.map(({ name, kind, dependsOn, engine, columns, estimatedRows }) => [
    name,
    kind,
    dependsOn.join(", "),
    engine,
    estimatedRows === null ? "unknown" : formatCount(Math.round(estimatedRows)),
    columns.map((column) => `${column.name} ${column.type}${column.labels.length > 0 ? ` [${column.labels.join(", ")}]` : ""}`).join(", "),
  ]);
  const heads = [{ name: "step" }, { name: "kind" }, { name: "after" }, { name: "engine" }, { name: "rows", type: "integer" }, { name: "columns" }];
  const statements = withSql ? plan.stages.flatMap(({ name, sql }) => ["", canvas.style.bold(`stage ${safeText(name)}`), ...safeLines(sql)]) : [];
  return [...renderTable(heads, rows, canvas), ...statements];
}

/** Faults of a document or request: place, code, sentence. */
export function renderFaults(faults: readonly Fault[], { style }: Canvas, file = ""): string[] {
  return faults.map(({ path, code, message, line, column }) => {
    const spot =
      line === undefined
        ? ""
        : file === ""
          ? `line ${line}${column === undefined ? "" : `, column ${column}`}`
          : `${file}:${line}${column === undefined ? "" : `:${column}`}`;
    const where = [spot === "" ? file : spot, safeText(path)].filter((text) => text !== "").join("  ");
    return `${style.bad("✗")} ${where}  ${safeText(message)}  ${style.dim(safeText(code))}`;
  });
}
