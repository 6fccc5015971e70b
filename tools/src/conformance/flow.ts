// Feeds cases of the flow suite to libs/flow on libs/pipeline.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "@rivergen/contracts";
import { createFlows, createRegistry, describeFlow, readFlow, toCanonical, validateStructure } from "@rivergen/flow";
import type { Binding, BuiltFlow, FlowDocument, FlowFormat, Flows, FlowSignals } from "@rivergen/flow";
import { createSignals, systemClock } from "@rivergen/pipeline";
import type { PipelineSignals } from "@rivergen/pipeline";
import type { Adapter, Answer, ConformanceCase, ConformanceFile } from "./adapter.ts";
import type { Json } from "./compare.ts";
import { toError, toInvalid, toNodeList, toSignals } from "./flow-names.ts";
import { collectionOf, createObservations, register, registerAll } from "./flow-registry.ts";
import type { Observations } from "./flow-registry.ts";

/** Everything that one case works with. */
interface Bench {
  readonly flows: Flows;
  readonly seen: Observations;
  readonly signals: string[];
  readonly pipelines: Map<string, BuiltFlow | Binding>;
  /** Runs in the background, by handle. */
  readonly running: Map<string, Promise<Json>>;
  readonly folder: string;
}

type Step = (bench: Bench, step: Json) => Promise<Json> | Json;

const ok: Json = { ok: true };
const text = (value: unknown, absent = ""): string => (typeof value === "string" ? value : absent);
const formatOf = (step: Json): FlowFormat => (step["format"] === "json" ? "json" : "yaml");
const pause = (ms: number): Promise<void> => systemClock.sleep(ms);

/** A signal as a step asks for it: aborted before, after a while, or at a deadline. */
function abortOf(step: Json): { readonly signal: AbortSignal | undefined; readonly over: () => void } {
  const { cancelBefore, cancelAfterMs, deadlineMs } = step;
  if (cancelBefore !== true && cancelAfterMs === undefined && deadlineMs === undefined) return { signal: undefined, over: () => {} };
  const controller = new AbortController();
  if (cancelBefore === true) controller.abort();
  const timers = [
    ...(typeof cancelAfterMs === "number" ? [setTimeout(() => controller.abort(), cancelAfterMs)] : []),
    ...(typeof deadlineMs === "number" ? [setTimeout(() => controller.abort(new AppError("DEADLINE_EXCEEDED", { deadlineMs })), deadlineMs)] : []),
  ];
  return { signal: controller.signal, over: () => timers.forEach(clearTimeout) };
}

async function run({ pipelines }: Bench, step: Json, input: unknown): Promise<Json> {
  const pipeline = pipelines.get(text(step["on"], "p"));
  if (!pipeline) return { error: { kind: "no-pipeline" } };
  const { signal, over } = abortOf(step);
  try {
    return { ok: await pipeline.process(structuredClone(input), { signal }) };
  } catch (error) {
    return toError(error);
  } finally {
    over();
  }
}

/** Builds. What we refuse with faults of a document is, for some of them, a failure to parse there, before anything else is told. */
async function build({ signals, pipelines }: Bench, step: Json, make: () => BuiltFlow | Promise<BuiltFlow>): Promise<Json> {
  const name = text(step["as"], "p");
  const told = signals.length;
  pipelines.delete(name);
  const answer = await attempt(async () => pipelines.set(name, await make()));
  if ((answer["error"] as Json | undefined)?.["kind"] === "parse") {
    const loaded = signals.slice(told).filter((signal) => signal === "flume.schema.file.loaded");
    signals.splice(told, Infinity, ...loaded, "flume.schema.parse.failed");
  }
  return answer;
}

/** Does something that may be refused. */
async function attempt(work: () => unknown): Promise<Json> {
  try {
    await work();
    return ok;
  } catch (error) {
    return toError(error);
  }
}

async function runMany(bench: Bench, step: Json): Promise<Json> {
  const inputs = step["inputs"] as readonly unknown[];
  if (step["parallel"] === true) return { results: await Promise.all(inputs.map((input) => run(bench, step, input))) };
  const results: Json[] = [];
  for (const input of inputs) results.push(await run(bench, step, input));
  return { results };
}

const judged = ({ faults }: { readonly faults: Parameters<typeof toInvalid>[0] }): Json => (faults.length > 0 ? toInvalid(faults) : ok);

function roundTrip(step: Json): Json {
  const { document, faults } = readFlow(text(step["schema"]), { format: formatOf(step) });
  if (!document) return toInvalid(faults);
  const written = JSON.stringify(toCanonical(document as FlowDocument));
  return { document: toCanonical(readFlow(written, { format: "json" }).document as FlowDocument) };
}

async function buildFile(bench: Bench, step: Json): Promise<Json> {
  const path = join(bench.folder, text(step["file"]));
  if (typeof step["content"] === "string") await writeFile(path, step["content"]);
  return await build(bench, step, () => bench.flows.buildFile(path));
}

function bind({ flows, pipelines, seen }: Bench, step: Json): Promise<Json> | Json {
  const name = text(step["name"]);
  try {
    const binding = flows.bind(name, text(step["schemaId"]), { follow: step["autoSync"] === true });
    seen.bound.add(name);
    pipelines.set(name, binding);
    return { ok: true, schemaId: binding.schema, autoSync: binding.follows };
  } catch (error) {
    return toError(error);
  }
}

function namesOf({ flows }: Bench, kind: string): readonly string[] {
  if (kind === "schema") return flows.list();
  if (kind === "binding") return flows.bindings();
  return collectionOf(flows.registry, kind)?.list() ?? [];
}

function remove({ flows }: Bench, step: Json): Json {
  const [kind, names] = [text(step["kind"]), step["names"] as readonly string[]];
  if (kind === "schema") return { removed: flows.remove(...names) };
  if (kind === "binding") return { removed: flows.unbind(...names) };
  return { removed: collectionOf(flows.registry, kind)?.remove(...names) ?? 0 };
}

function describe({ pipelines }: Bench, step: Json): Json {
  const pipeline = pipelines.get(text(step["on"], "p"));
  if (!pipeline) return { error: { kind: "no-pipeline" } };
  return { nodes: toNodeList("document" in pipeline ? describeFlow(pipeline.document) : pipeline.describe()) };
}

function specification({ flows }: Bench): Json {
  const { document: _, connectors, ...registries } = flows.specification();
  return { spec: { ...registries, connectors: Object.fromEntries(connectors.map(({ type, ...connector }) => [type, connector])) } };
}

async function buildMany({ flows }: Bench, step: Json): Promise<Json> {
  const schemas = Array.from({ length: Number(step["count"]) }, (_, index) => text(step["schemaTemplate"]).replaceAll("{i}", String(index)));
  const built = schemas.map(async (schema) => {
    await Promise.resolve();
    return flows.build(schema, { format: formatOf(step) });
  });
  return await attempt(() => Promise.all(built));
}

const steps: Readonly<Record<string, Step>> = {
  build: (bench, step) => build(bench, step, () => bench.flows.build(text(step["schema"]), { format: formatOf(step) })),
  buildFile,
  validate: ({ flows }, step) => judged(flows.validate(text(step["schema"]), { format: formatOf(step) })),
  validateStructure: (_, step) => judged(validateStructure(text(step["schema"]), { format: formatOf(step) })),
  roundTrip: (_, step) => roundTrip(step),
  process: (bench, step) => run(bench, step, step["input"]),
  processMany: runMany,
  async start(bench, step) {
    bench.running.set(text(step["as"]), run(bench, step, step["input"]));
    await pause(20);
    return ok;
  },
  await: async ({ running }, step) => (await running.get(text(step["handle"]))) ?? { error: { kind: "no-pipeline" } },
  setSchema: ({ flows }, step) => attempt(() => flows.set(text(step["id"]), text(step["schema"]), { format: formatOf(step) })),
  getSchema({ flows }, step) {
    const found = flows.get(text(step["id"]));
    return found ? { found: true, document: toCanonical(found.document) } : { found: false };
  },
  bind,
  register: ({ flows, seen }, step) => attempt(() => register(flows.registry, text(step["kind"]), text(step["name"]), step["definition"] as Json, seen)),
  remove,
  list: (bench, step) => ({ names: namesOf(bench, text(step["kind"])) }),
  has: (bench, step) => ({ has: namesOf(bench, text(step["kind"])).includes(text(step["name"])) }),
  calls: ({ seen }) => ({ calls: { ...seen.calls } }),
  highWater: ({ seen }) => ({ highWater: seen.highWater }),
  handled: ({ seen }) => ({ handled: [...seen.handled] }),
  readChannel: ({ seen }, step) => ({ items: seen.channels.get(text(step["channel"]))?.drain() ?? [] }),
  describe,
  spec: specification,
  specStable: ({ flows }) => ({ equal: JSON.stringify(flows.specification()) === JSON.stringify(flows.specification()) }),
  clearSignals({ signals }) {
    signals.length = 0;
    return ok;
  },
  signals: ({ signals }) => ({ signals: [...signals] }),
  async sleep(_, step) {
    await pause(Number(step["ms"]));
    return ok;
  },
  buildMany,
};

async function prepare(given: ConformanceCase, file: ConformanceFile): Promise<Bench> {
  const hub = createSignals<PipelineSignals & FlowSignals>();
  const seen = createObservations();
  const flows = createFlows({ registry: createRegistry({ signals: hub }), signals: hub });
  registerAll(flows.registry, given.registry, file.registries ?? {}, seen);
  const signals: string[] = [];
  hub.tap(({ signal }) => void signals.push(...toSignals(signal)));
  return { flows, seen, signals, pipelines: new Map(), running: new Map(), folder: await mkdtemp(join(tmpdir(), "flow-conformance-")) };
}

/** Some steps only make sense if something before was accepted: what was registered, or else what was built. */
function isSkipped(step: Json, accepted: ReadonlyMap<string, boolean>): boolean {
  const { onlyIf } = step;
  return typeof onlyIf === "string" && accepted.get(onlyIf.includes("regist") ? "register" : "build") === false;
}

/** Runs the steps of a case in order on a registry of its own. */
export const flowAdapter: Adapter = async (given, file) => {
  const bench = await prepare(given, file);
  const accepted = new Map<string, boolean>();
  const answers: Answer[] = [];
  try {
    for (const step of given.steps ?? []) {
      if (isSkipped(step, accepted)) continue;
      const does = text(step["do"]);
      const act = steps[does];
      if (!act) throw new Error(`no step does "${does}"`);
      const begun = performance.now();
      const got = await act(bench, step);
      answers.push({ unit: step, got, elapsedMs: performance.now() - begun });
      accepted.set(does === "register" ? "register" : "build", got["ok"] !== undefined);
    }
    return answers;
  } finally {
    await bench.flows.close();
    await rm(bench.folder, { recursive: true, force: true });
  }
};
