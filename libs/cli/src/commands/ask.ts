import type { Command } from "commander";
import type { Context } from "../context.ts";
import { CommandFailure, exitCodes, wrongUse } from "../failure.ts";
import { ask, confirmRun, isPlanned, type Question, type Ready, showPlan } from "../journeys/ask.ts";
import { exitCodeOf, followRun, type Journey, showRun, startRun } from "../journeys/run.ts";
import { readLimit } from "../values.ts";
import { argument, collect, openJourney, type Register } from "./command.ts";

interface Options {
  readonly dataset?: readonly string[];
  readonly yes?: boolean;
  readonly today?: string;
  readonly answer?: readonly string[];
  readonly limit: string;
}

export function registerAsk(program: Command, register: Register): void {
  const command = program
    .command("ask")
    .argument("<question>", "a sentence about your datasets")
    .description("plan a sentence, show how it was read and what it costs, and run it")
    .option("--dataset <name>", "only this dataset (may be given several times)", collect)
    .option("-y, --yes", "run it without asking")
    .option("--today <date>", "the day that “last month” is counted from, YYYY-MM-DD; default: the platform's today")
    .option("--answer <id=value>", "answer to a question that comes back (may be given several times); `reading=n` takes another reading", collect)
    .option("--limit <rows>", "rows shown", "50");
  const examples = [
    'river ask "average delay by state in july, worst 5"',
    'river ask "flights per day last week" --today 2001-03-15 --yes',
    'river ask "average delay by state" --answer role:state=origin --yes',
    'river ask "busiest airports" --yes --json | jq .',
  ];
  register<Options>(command, examples, async (context, args, options) => {
    const limit = readLimit(options.limit);
    const answers = readAnswers(options.answer ?? []);
    const journey = await openJourney(context);
    const { dataset, today } = options;
    const question = {
      text: argument(args, 0),
      answer: ({ id }: Question) => answers.get(id),
      ...(dataset === undefined ? {} : { datasets: dataset }),
      ...(today === undefined ? {} : { today }),
    };
    const prompt = await ask(journey, question);
    if (!isPlanned(prompt)) return exitCodes.failed;
    const planned: Ready = await showPlan(journey, prompt);
    await remember(context, journey, planned);
    if (options.yes) return runPlanned(journey, planned, limit);
    if (!journey.terminal.interactive) {
      journey.terminal.print([`not run: add --yes, or river run ${planned.river.name}`]);
      return exitCodes.done;
    }
    const confirmed = await confirmRun(journey, planned).catch((error: unknown) => {
      if (!(error instanceof CommandFailure) || error.exitCode !== exitCodes.interrupted) throw error;
      throw new CommandFailure(`nothing was run; the plan stays: river run ${planned.river.name}`, exitCodes.interrupted);
    });
    if (!confirmed) return exitCodes.done;
    await remember(context, journey, confirmed);
    return runPlanned(journey, confirmed, limit);
  });
}

async function runPlanned(journey: Journey, { river }: Ready, limit: number) {
  const run = await followRun(journey, await startRun(journey, { river: river.id, version: river.version }));
  await showRun(journey, run, limit);
  if (run.status === "succeeded") journey.terminal.print([journey.terminal.canvas.style.dim("keep it: river save <name>")]);
  return exitCodeOf(run);
}

async function remember(context: Context, { client }: Journey, { river: { id, name } }: Ready): Promise<void> {
  const scope = context.scope(client);
  await context.state.update((state) => ({ ...state, drafts: { ...state.drafts, [scope]: { id, name } } }));
}

function readAnswers(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      const mark = text.indexOf("=");
      if (mark < 1) throw wrongUse(`--answer ${text}: write it as id=value`);
      return [text.slice(0, mark), text.slice(mark + 1)];
    }),
  );
}
