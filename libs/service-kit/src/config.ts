import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65_535);
const count = z.coerce.number().int().min(0);
const flag = z.enum(["0", "1"]).transform((text) => text === "1");

/** Every variable that a process of the platform reads, with its default; services add their own. */
export const platformVariables = {
  PORT: port.default(8080).describe("Port this process listens on; 0 takes a free one"),
  HOST: z.string().default("127.0.0.1").describe("Address this process listens on"),
  RIVERGEN_HOME: z.string().default(".rivergen").describe("Everything the embedded profile keeps; deleting it is a clean start"),
  DATABASE_URL: z.string().optional().describe("postgres://… of a server; absent: embedded Postgres"),
  EVENTS_URL: z.string().optional().describe("Event fabric; absent: the database"),
  CACHE_URL: z.string().optional().describe("Cache; absent: memory"),
  OBJECTS_URL: z.string().optional().describe("Object store: a folder as file://…; absent: a folder in RIVERGEN_HOME"),
  PUBLIC_URL: z.string().optional().describe("Address people use, where it differs from http://HOST:PORT"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("warn").describe("Least severe level that is logged"),
  RATE_LIMIT_PER_MINUTE: count.optional().describe("Requests per caller and minute, 0: no limit; absent: none with the embedded database, else 600"),
  REQUEST_TIMEOUT_MS: count.default(120_000).describe("Longest time an answer may take, streams aside"),
  MAX_UPLOAD_BYTES: count.default(1024 ** 4).describe("Largest file of one upload"),
  SHUTDOWN_TIMEOUT_MS: count.default(10_000).describe("Time to finish what is under way after SIGTERM"),
  LOCAL_OWNER: flag.default(true).describe("1: a local owner exists, its one-time link is printed and the CLI of this machine needs no sign-in"),
  CHECK_ANSWERS: flag.default(false).describe("1: every answer is checked against its contract before it is sent (tests)"),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .optional()
    .describe("Collector that spans are sent to (http://localhost:4318); absent: none are. The other OTEL_… variables hold too"),
  FAULT_POINT: z.string().optional().describe("Name of a place where the process kills itself (drills)"),
} satisfies Record<string, z.ZodType>;

const platformConfig = z.object(platformVariables);
export type PlatformConfig = z.output<typeof platformConfig>;

/** Every fault of a configuration at once; the process ends with exit code 78. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length === 1 ? "a fault" : `${problems.length} faults`}:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables of a schema; empty text counts as absent.
 * @throws ConfigError with every fault
 */
export function parseConfig<S extends z.ZodObject>(schema: S, environment: Environment): z.output<S> {
  const given = Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}${shown(environment, String(issue.path[0] ?? ""))}`));
}

function shown(environment: Environment, name: string): string {
  const value = environment[name];
  return value === undefined || /KEY|SECRET|PASSWORD|TOKEN|URL/.test(name) ? "" : ` (it is "${value.slice(0, 60)}")`;
}

/** @throws ConfigError with every fault */
export function parsePlatformConfig(environment: Environment): PlatformConfig {
  return parseConfig(platformConfig, environment);
}

/** `SERVICE_CAPABILITY_PLANNING_URL` of `capability-planning`. */
export function serviceVariable(service: string): string {
  return `SERVICE_${service.toUpperCase().replaceAll("-", "_")}_URL`;
}
