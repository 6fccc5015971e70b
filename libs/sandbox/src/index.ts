export { createSandboxPool } from "./pool.ts";
export type { SandboxPool, SandboxPoolOptions, SandboxRun, SandboxStats } from "./pool.ts";
export type { Purpose, RunOptions, RunUsage } from "./job-run.ts";
export { sandboxLevels } from "./ladder.ts";
export type { SandboxLevel, SandboxLevelName } from "./ladder.ts";
export type { RunInput } from "./run-folder.ts";
export type { JobInput, JobName, JobOutput } from "./jobs/index.ts";
