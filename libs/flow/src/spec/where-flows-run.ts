/** The part of docs/flows.md that is about the places in which flows run; its examples are run by tests of those places. */
export const whereFlowsRun = `## Where flows run

Beside programs that use \`@rivergen/flow\` there are three places. In all of them records are JSON objects (or rows), and what can be named are the entries over records: \`derive\`, \`keep\`, \`drop\`, \`rename\`, \`require\`, \`fail\`; the predicate \`where\`; the condition \`value\`; the reducers \`first\` and \`merge\`; the error handlers \`dead-letter\`, \`pass\` and \`derive\`. They say what they do in the language of [expressions](expressions.md); \`GET /v1/flows/spec\` and \`river flow spec\` describe their parameters. On a platform nothing else can be named, so no code of a workspace runs there.

### As a step of a river

The rows of \`from\` go through the flow one by one; \`columns\` says what it adds or changes. It runs in a process of its own, like every step.

\`\`\`yaml
# river.yaml
apiVersion: rivergen.dev/v1
river: tidy_orders
sources: { orders: { dataset: orders } }
steps:
  tidied:
    from: orders
    flow:
      type: sequence
      children:
        - { ref: derive, config: { country: upper(trim(country)) } }
        - { type: filter, predicate: where, config: { expression: amount > 100 }, then: { ref: derive, config: { size: "'large'" } }, else: { ref: derive, config: { size: "'small'" } } }
    columns: { country: string, size: string }
outputs:
  tidy_orders: { from: tidied }
\`\`\`

A flow that is saved (below) is named in place of its document: \`flow: tidy\`, or \`flow: tidy@3\`. Saving the river keeps the version (\`tidy@3\`), so what comes after changes nothing until the river is saved again; a river whose flow was deleted is refused. What \`dead-letter\` sets aside is kept beside the run's outputs as \`tidied.set_aside\`: the records as they came in, each with the node and the reason ([rivers.md](rivers.md#flows)).

### Over REST

\`/v1/flows\` keeps flows of a workspace: \`POST /v1/flows\` saves one (YAML or JSON; its name is that of the root, or \`?name=\`), \`PUT /v1/flows/{flow}\` its next version (\`If-Match\` guards it), \`GET …/versions\` and \`POST …/rollback\` go back. \`POST /v1/flows/validate\` shows all faults, \`GET …/graph\` a tree, or a Mermaid flowchart by \`Accept: text/vnd.mermaid\`. \`POST /v1/flows/{flow}/test\`, or \`/v1/flows/test\` with a document, sends up to 1,000 sample records through it, in a process of its own with bounded time (\`FLOW_TEST_TIMEOUT_MS\`) and memory, and keeps nothing:

\`\`\`http
POST /v1/flows/test
{ "document": { "ref": "derive", "config": { "name": "upper(name)", "half": "amount / 2" } }, "records": [{ "name": "ada", "amount": 3 }] }
\`\`\`

The answer has, for each record, its output, or its error with the path of names, how often it was tried, and what the nodes told, in order:

\`\`\`json
[{ "name": "ADA", "amount": 3, "half": 1.5 }]
\`\`\`

### In the command line

\`river flow run\` carries JSON records, one a line, from stdin to stdout: in order, no faster than the result is read, so many at a time (\`--concurrency\`). A record that fails goes to stderr, or to a file (\`--dead-letters\`), with its line, its error and itself; then the exit code is 2. Ctrl-C takes no more records and lets those under way through. \`river flow watch\` does the same, and when the file changes later records go through its new version; a faulty one changes nothing and is told. \`validate\`, \`spec\` and \`graph\` need no records.

Numbers of records without a point are integers, those with one doubles; whole numbers beyond 2^53 and decimals come out as texts.

\`\`\`yaml
# prices.yaml
type: sequence
children:
  - { ref: derive, config: { name: upper(trim(name)), total: amount * 2 } }
  - { type: filter, predicate: where, config: { expression: total > 100 }, then: { ref: discount, config: { percent: 10 } } }
\`\`\`

Where you host it yourself JavaScript modules add processors of your own: each exports \`register(registry, { z })\`. They get and give plain objects; an item for which one gives nothing is left out at the end.

\`\`\`js
// processors/discount.mjs
export function register(registry, { z }) {
  registry.processors.add({
    name: "discount",
    description: "Takes some percent off the total",
    config: z.strictObject({ percent: z.number() }),
    run: (record, context, { percent }) => ({ ...record, total: record.total * (1 - percent / 100) }),
  });
}
\`\`\`

\`\`\`console
$ river flow validate prices.yaml --modules processors
✓ prices.yaml is valid
$ river flow run prices.yaml --modules processors < orders.ndjson
{"name":"ADA","amount":12,"total":24}
{"name":"BO","amount":100,"total":180}
\`\`\`

\`\`\`json
{"name":" ada ","amount":12}
{"name":"bo","amount":100}
\`\`\`
`;
