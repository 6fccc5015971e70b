interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: object;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: object }>> };
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>>;
}
interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, object>>; readonly parameters?: Readonly<Record<string, Parameter>> };
}

const methods = ["get", "post", "put", "patch", "delete"] as const;
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The reference for people: every operation of the OpenAPI document on one page of plain HTML. */
export function renderReference(document: object): string {
  const { info, paths, components } = document as OpenApi;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? "Other");
  const menu = [...groups.keys()].map((tag) => `<a href="#${anchor(tag)}">${escape(tag)}</a>`).join(" ");
  const sections = [...groups]
    .map(
      ([tag, entries]) => `<h2 id="${anchor(tag)}">${escape(tag)}</h2>${entries.map((entry) => renderOperation(entry, components?.parameters ?? {})).join("")}`,
    )
    .join("");
  const shapes = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => `<details id="${anchor(name)}"><summary><code>${escape(name)}</code></summary>${code(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(info.title)} reference</title><style>${style}</style></head>
<body><header><h1>${escape(info.title)} <small>${escape(info.version)}</small></h1><p>${escape(info.description ?? "")}</p>
<nav>${menu} <a href="#shapes">Shapes</a> <a href="/v1/openapi.json">OpenAPI</a> <a href="/v1/asyncapi.json">AsyncAPI</a></nav></header>
<main>${sections}<h2 id="shapes">Shapes</h2>${shapes.join("")}</main></body></html>
`;
}

function renderOperation(
  { path, method, operation }: { path: string; method: string; operation: Operation },
  shared: Readonly<Record<string, Parameter>>,
): string {
  const open = operation.security?.length === 0 ? ` <em>no credentials</em>` : "";
  const parameters = (operation.parameters ?? [])
    .flatMap((parameter) => ("$ref" in parameter ? (shared[parameter.$ref.split("/").at(-1) ?? ""] ?? []) : parameter))
    .map(
      ({ name, in: place, required, description, schema }) =>
        `<tr><td><code>${escape(name)}</code></td><td>${escape(place)}${required ? "" : ", optional"}</td><td>${escape(description ?? "")}</td><td><code>${escape(brief(schema))}</code></td></tr>`,
    );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<h4>Body <code>${escape(type)}</code></h4>${code(schema ?? {})}`,
  );
  const answers = Object.entries(operation.responses ?? {}).map(
    ([status, { description, content }]) =>
      `<tr><td><code>${escape(status)}</code></td><td>${escape(description ?? "")}</td><td>${Object.entries(content ?? {})
        .map(([type, { schema }]) => `<code>${escape(type)}</code> ${link(schema)}`)
        .join("<br>")}</td></tr>`,
  );
  return `<details id="${escape(operation.operationId ?? "")}"><summary><b>${method.toUpperCase()}</b> <code>${escape(path)}</code> <span>${escape(operation.summary ?? "")}${open}</span></summary>
${parameters.length > 0 ? `<h4>Parameters</h4><table>${parameters.join("")}</table>` : ""}${bodies.join("")}<h4>Answers</h4><table>${answers.join("")}</table></details>`;
}

function link(schema: object | undefined): string {
  const name = schema && "$ref" in schema ? String(schema.$ref).split("/").at(-1) : undefined;
  return name === undefined ? "" : `<a href="#${anchor(name)}">${escape(name)}</a>`;
}

function brief(schema: object | undefined): string {
  const text = JSON.stringify(schema ?? {});
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}

function code(schema: object): string {
  return `<pre>${escape(JSON.stringify(schema, null, 2)).replaceAll(/&quot;#\/components\/schemas\/(\w+)&quot;/g, '<a href="#$1">$1</a>')}</pre>`;
}

function anchor(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]+/g, "-");
}

const style = `:root{color-scheme:light dark;--line:#8884;--soft:#8882}body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:64rem;padding:0 1rem 4rem}
h1 small{font-weight:400;opacity:.6;font-size:1rem}nav a{margin-right:.75rem}h2{margin:2.5rem 0 .5rem}h4{margin:1rem 0 .25rem}details{border-top:1px solid var(--line);padding:.5rem 0}
summary{cursor:pointer}summary b{display:inline-block;min-width:4.5rem}summary span{opacity:.75;margin-left:.5rem}code,pre{font:14px/1.45 ui-monospace,monospace}
pre{background:var(--soft);padding:.75rem;overflow:auto;max-height:32rem}table{border-collapse:collapse;width:100%}td{border-top:1px solid var(--line);padding:.25rem .75rem .25rem 0;vertical-align:top}`;
