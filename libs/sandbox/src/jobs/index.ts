import { convert } from "./convert.ts";
import { describe, describeSettings } from "./describe.ts";
import { flow } from "./flow/flow.ts";
import { flowTest } from "./flow-test.ts";
import { intake } from "./intake/intake.ts";
import { keys } from "./intake/keys.ts";
import type { JobDefinition } from "./job.ts";
import { page } from "./page.ts";
import { query, querySettings } from "./query.ts";
import { stage, stageSettings } from "./stage.ts";

/** Everything a child can do, by name. The parent sees only the types: it never loads an engine. */
export const jobs = {
  convert: { run: convert },
  intake,
  keys,
  describe: { run: describe, settings: describeSettings },
  flow: { run: flow },
  flowTest: { run: flowTest },
  page: { run: page },
  query: { run: query, settings: querySettings },
  stage: { run: stage, settings: stageSettings },
} satisfies Record<string, JobDefinition<never, unknown>>;

export type Jobs = typeof jobs;
export type JobName = keyof Jobs;
export type JobInput<Name extends JobName> = Jobs[Name] extends { readonly run: (context: never, input: infer In) => unknown } ? In : never;
export type JobOutput<Name extends JobName> = Jobs[Name] extends { readonly run: (...values: never[]) => Promise<infer Out> } ? Out : never;
