import type { JobDefinition } from "./job.ts";

/** Everything a child can do, by name. The parent sees only the types: it never loads an engine. */
export const jobs = {} satisfies Record<string, JobDefinition<never, unknown>>;

export type Jobs = typeof jobs;
export type JobName = keyof Jobs;
export type JobInput<Name extends JobName> = Jobs[Name] extends JobDefinition<infer In, unknown> ? In : never;
export type JobOutput<Name extends JobName> = Jobs[Name] extends JobDefinition<never, infer Out> ? Out : never;
