// `npm run bench -- <name>`: one row with its peer, measured in turn; the last line is JSON.
import { benchColdStart } from "./bench/cold-start.ts";
import type { BenchResult } from "./bench/compare.ts";
import { benchFlowBuild } from "./bench/flow-build.ts";
import { benchPipeline } from "./bench/pipeline.ts";
import { benchSql } from "./bench/sql.ts";
import { benchWeb } from "./bench/web.ts";
import { requireNode } from "./root.ts";

const benches: Readonly<Record<string, { readonly about: string; run(): Promise<BenchResult> }>> = {
  "cold-start": { about: "npm start to its ready line, beside a bare Node process and a bare Postgres", run: benchColdStart },
  "flow-build": { about: "1,000 documents of ten steps parsed, validated and built, beside a bare YAML parse", run: benchFlowBuild },
  pipeline: { about: "stages and connectors in this process, beside RxJS, p-limit, p-retry, opossum, cockatiel and bottleneck", run: benchPipeline },
  sql: { about: "POST /v1/queries, beside the same statement in a bare DuckDB process", run: benchSql },
  web: { about: "the web client's first page beside a page without scripts, a million rows under the wheel, sizes of the build", run: benchWeb },
};

requireNode();
const [name = ""] = process.argv.slice(2);
const bench = benches[name];
if (bench) console.log(JSON.stringify(await bench.run()));
else {
  const width = Math.max(...Object.keys(benches).map((known) => known.length));
  console.error(["Usage: npm run bench -- <name>", ...Object.entries(benches).map(([known, { about }]) => `  ${known.padEnd(width)}  ${about}`)].join("\n"));
  process.exitCode = 64;
}
