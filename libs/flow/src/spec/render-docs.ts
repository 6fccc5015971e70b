import { fields, shapes } from "../document/grammar.ts";
import type { Field, FieldName } from "../document/grammar.ts";
import { maxDepth, maxLength, maxValues } from "../document/scan.ts";
import { flowSignals } from "../signals.ts";
import { faultCodes } from "../validate/fault-codes.ts";
import { flowExamples } from "./examples.ts";
import { whereFlowsRun } from "./where-flows-run.ts";
import { connectorEntries } from "./specification.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

const keyList = (keys: readonly string[]): string => keys.map((key) => `\`${key}\``).join(", ");

function nodeTable(): string {
  const rows = connectorEntries().map(({ type, description }) => {
    const { required, optional } = shapes[type as keyof typeof shapes];
    return [`\`${type}\``, description, keyList(required), keyList(optional)];
  });
  return table(["type", "what it does", "needs", "takes"], rows);
}

function fieldTable(): string {
  const rows = (Object.keys(fields) as FieldName[]).map((key) => {
    const { kind, fallback, about, values }: Field = fields[key];
    const fallbackText = fallback === undefined ? "" : String(fallback);
    return [`\`${key}\``, values && key !== "type" ? values.join(" or ") : kind, fallbackText, about];
  });
  return table(["key", "kind", "default", "meaning"], rows);
}

function exampleText({ title, about, yaml, input, output }: (typeof flowExamples)[number]): string {
  return [
    `### ${title}`,
    "",
    about,
    "",
    "```yaml",
    yaml.trimEnd(),
    "```",
    "",
    `In: \`${JSON.stringify(input)}\` — out: \`${JSON.stringify(output)}\``,
    "",
  ].join("\n");
}

const intro = `# Flows

A flow says what happens to one item: a tree of nodes, written in YAML or JSON, whose leaves are processors that were registered under names. The language is that of Flume, with its keys, duration strings and default names; documents written for it run here. This page is made from the specification (\`npm run generate\`).

\`\`\`ts
import { createFlows, processorEntry } from "@rivergen/flow";

const flows = createFlows();
flows.registry.processors.add(processorEntry<number, number, { by: number }>({
  name: "scale", config: z.strictObject({ by: z.number() }), run: (value, context, { by }) => value * by,
}));
flows.set("prices", "ref: scale\\nconfig: { by: 1.19 }\\n");   // checked; throws FLOW_INVALID with every fault
const prices = flows.bind("shop", "prices");                  // goes over to every later revision
await prices.process(100);
\`\`\`
`;

const nodes = `## Nodes

A node has exactly one of \`ref\`, \`type\` and \`stream\`. Every node may have a \`name\`; errors, signals and pictures carry it (default: the type; of filter, contest, switch, dedupe and handle with what they name, as in \`filter-isLarge\`; of a retry with waits \`backoff\`). The root may have a \`version\`, a text that is only reported. Empty values (\`''\`, \`0\`, \`[]\`, \`{}\`, null) count as absent.
`;

const semantics = `Durations are numbers with units, added up: \`250ms\`, \`1.5s\`, \`1m30s\`; units ns, us, ms, s, m, h. Names may say a version, \`score@2\`; without one the newest is meant.

Parallel children each get a copy of the input, and so does whatever may have to begin again (tries of a retry, the first child of a fallback). A run that is aborted aborts everything in it, except what a scaffold has started.

## Faults

A document is checked as a whole: all faults at once, each with a JSON Pointer, a code, line and column, and what was probably meant. Unknown keys and keys without effect are faults. Where processors say what they take and give, neighbours have to fit. A node that lacks its child or children is not looked at any further.
`;

const limits = `Before a text is parsed one pass over it refuses what is larger than ${maxLength.toLocaleString("en")} characters, nested deeper than ${maxDepth}, too large with its aliases written out, or has keys that reach into prototypes; a document has at most ${maxValues.toLocaleString("en")} values.
`;

const reload = `## Named flows

\`set\` gives a named flow its next revision and brings every binding that follows it over, all of them or none; a document with faults changes nothing. The change is one turn: an item runs wholly on the revision it began with, later items on the new one. \`history\`, \`diff\` and \`rollback\` (an older document as the newest revision) work on the revisions kept. \`watch\` does the same from a file or an object whenever that changes.

Breakers and limiters go on where they were if their node is still the same: same type and name or, without a name, same type and everything under it. New settings take effect without a fresh start.

## Signals

Told on the hub given to \`createFlows\`, beside those of the connectors. In order: a file is loaded, its text parsed, the build started, the validation started and completed (or failed), the build completed (or failed). \`set\` validates, updates each binding, registers. A run of a binding is started, then completed or failed.
`;

const testing = `## Testing flows

\`@rivergen/flow/testing\` has a bench (\`createFlowBench\`: flows, a clock that passes when told, everything told), processors that remember their calls (\`mock\`), a builder of documents (\`flow.sequence([flow.ref("a")])\`) and \`waitUntil\`.

\`\`\`ts
const { flows, clock, mock } = createFlowBench();
const flaky = mock("flaky", { failures: 2 });
const result = flows.build(flow.retry(flow.ref("flaky"), { attempts: 3, backoff: "1s" })).process("item");
await clock.advance(3_000);
assert.equal(await result, "item");
assert.deepEqual(flaky.calls.map(({ at }) => at), [0, 1_000, 3_000]);
\`\`\`
`;

/** docs/flows.md: the language, from its specification. */
export function renderFlowsDoc(): string {
  return [
    intro,
    whereFlowsRun,
    nodes,
    nodeTable(),
    "\n## Keys\n",
    fieldTable(),
    "",
    semantics,
    table(
      ["code", "meaning"],
      Object.entries(faultCodes).map(([code, about]) => [`\`${code}\``, about]),
    ),
    "",
    limits,
    reload,
    table(
      ["signal", "told when"],
      Object.entries(flowSignals).map(([signal, about]) => [`\`${signal}\``, about]),
    ),
    "",
    "## Examples\n",
    "They are run by a test as they stand here.\n",
    ...flowExamples.map(exampleText),
    testing,
  ].join("\n");
}
