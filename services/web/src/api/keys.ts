/** Keys of the query cache: a shorter key stands for everything below it. */
export const keys = {
  session: () => ["session"] as const,
  datasets: () => ["datasets"] as const,
  dataset: (name: string) => ["datasets", "one", name] as const,
  files: () => ["files"] as const,
  prompts: () => ["prompts"] as const,
  prompt: (id: string) => ["prompts", "one", id] as const,
  rivers: () => ["rivers"] as const,
  river: (name: string) => ["rivers", "one", name] as const,
  runs: () => ["runs"] as const,
  run: (id: string) => ["run", id] as const,
  runEvents: (id: string) => ["run-events", id] as const,
  /** Immutable once written: outside of `run`, so that news of the run does not read it again. */
  output: (run: string, name: string) => ["output", run, name] as const,
  usage: () => ["usage"] as const,
  apiKeys: () => ["api-keys"] as const,
  health: () => ["health"] as const,
};
