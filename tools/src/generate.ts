// `npm run generate`: writes the documents that are made from the sources. `--check` only says whether they are current.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { renderEventsDoc, renderServicesDoc } from "@rivergen/contracts";
import { renderFlowsDoc } from "@rivergen/flow";
import { services } from "@rivergen/host";
import { renderExpressionDocs } from "@rivergen/relational";
import { requireNode, root } from "./root.ts";

requireNode();

/** Generated files by their path in the repository. */
const documents: Readonly<Record<string, () => string>> = {
  "docs/services.md": () => renderServicesDoc(services),
  "docs/events.md": renderEventsDoc,
  "docs/expressions.md": renderExpressionDocs,
  "docs/flows.md": renderFlowsDoc,
};

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const stale = Object.entries(documents)
  .map(([path, render]) => ({ path, file: join(root, path), text: render() }))
  .filter(({ file, text }) => !existsSync(file) || readFileSync(file, "utf8") !== text);

if (values.check) {
  for (const { path } of stale) console.error(`${path} is not what the sources say: run npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { file, text } of stale) writeFileSync(file, text);
  console.log(stale.length === 0 ? "Every generated document is current." : stale.map(({ path }) => `wrote ${path}`).join("\n"));
}
