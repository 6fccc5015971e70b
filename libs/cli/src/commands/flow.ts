import type { Command } from "commander";
import { argument, collect, type Register } from "./command.ts";

interface ModuleOptions {
  readonly modules?: readonly string[];
}
/** Options of what carries records. */
export interface StreamOptions extends ModuleOptions {
  readonly concurrency: string;
  readonly deadLetters?: string;
}

const fileHelp = "a flow document (.yaml, .yml, .json)";
const modulesHelp = "a JavaScript module, or a folder of them, that registers processors (may be given several times)";
/** Loaded when a command of them is used: all others start without. */
const actions = () => import("../flows/actions.ts");

/** `river flow …`: what flows can do without a platform. */
export function registerFlows(program: Command, register: Register): void {
  const group = program.command("flow").description("check and run flow documents on this machine; no platform is needed");
  group.copyInheritedSettings(program);
  registerValidate(group, register);
  registerStreams(group, register);
  registerSpec(group, register);
  registerGraph(group, register);
}

function registerValidate(group: Command, register: Register): void {
  const command = group
    .command("validate")
    .argument("<file>", fileHelp)
    .description("show all faults of a flow, with what was probably meant")
    .option("--modules <path>", modulesHelp, collect);
  const examples = ["river flow validate prices.yaml", "river flow validate prices.yaml --modules ./processors"];
  register<ModuleOptions>(command, examples, async (context, args, { modules }) => (await actions()).validateFile(context, argument(args, 0), modules));
}

function registerStreams(group: Command, register: Register): void {
  const add = (name: string, description: string, examples: readonly string[], isWatched: boolean): void => {
    const command = group
      .command(name)
      .argument("<file>", fileHelp)
      .description(description)
      .option("--modules <path>", modulesHelp, collect)
      .option("--concurrency <records>", "records under way at once; their order is kept", "16")
      .option("--dead-letters <file>", "where records go that failed, one a line; default: stderr");
    register<StreamOptions>(command, examples, async (context, args, options) =>
      (await actions()).carryRecords(context, argument(args, 0), options, isWatched),
    );
  };
  const run = [
    "river flow run prices.yaml < orders.ndjson > priced.ndjson",
    "river flow run prices.yaml --modules ./processors --dead-letters failed.ndjson < orders.ndjson",
  ];
  add("run", "carry records from stdin through a flow to stdout, one JSON value a line", run, false);
  const watch = ["tail -f orders.ndjson | river flow watch prices.yaml --modules ./processors"];
  add("watch", "the same; whenever the file changes, later records go through its new version", watch, true);
}

function registerSpec(group: Command, register: Register): void {
  const command = group
    .command("spec")
    .description("write everything that flows can say: a JSON Schema of documents, and the catalogue of what they name")
    .option("--modules <path>", modulesHelp, collect);
  const examples = ["river flow spec > flows.json", "river flow spec --modules ./processors | jq .document > flow.schema.json"];
  register<ModuleOptions>(command, examples, async (context, _args, { modules }) => (await actions()).writeSpecification(context, modules));
}

function registerGraph(group: Command, register: Register): void {
  const command = group
    .command("graph")
    .argument("<file>", fileHelp)
    .description("write the nodes of a flow as a Mermaid flowchart, or as a tree in JSON")
    .option("--format <format>", "mermaid or json", "mermaid")
    .option("--modules <path>", modulesHelp, collect);
  const examples = ["river flow graph prices.yaml > prices.mmd", "river flow graph prices.yaml --format json"];
  register<ModuleOptions & { readonly format: string }>(command, examples, async (context, args, { format, modules }) =>
    (await actions()).writeGraph(context, argument(args, 0), format, modules),
  );
}
