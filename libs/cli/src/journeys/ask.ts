import type { Plan, Prompt, River } from "@rivergen/contracts";
import { CommandFailure, exitCodes, wrongUse } from "../failure.ts";
import { renderFaults, renderPlan, renderQuestion, renderReading } from "../render/river.ts";
import { safeText } from "../render/text.ts";
import { editDocument } from "./edit.ts";
import type { Journey } from "./run.ts";

export interface AskOptions {
  readonly text: string;
  readonly datasets?: readonly string[];
  readonly today?: string;
  /** Answers known beforehand: value, number or text of one of the options; undefined where a person must be asked. */
  readonly answer?: (question: Question) => string | undefined;
}

/** A question that comes back; `reading` is the choice among the good readings of a planned sentence. */
export type Question = Prompt["questions"][number];

/** A planned prompt: `river` is there. */
export type Planned = Prompt & { readonly river: NonNullable<Prompt["river"]> };

/** Asks until there is a plan, a refusal, or a question that could be put to nobody; shows all but the plan. */
export async function ask(journey: Journey, options: AskOptions): Promise<Prompt> {
  const { terminal, client, signal } = journey;
  const { text, datasets, today, answer = () => undefined } = options;
  let prompt = await client.ask(
    { body: { text, ...(datasets === undefined ? {} : { datasets: [...datasets] }), ...(today === undefined ? {} : { today }) } },
    { signal },
  );
  const chosen = answer({ id: "reading", text: "", options: prompt.readings });
  if (prompt.status === "planned" && chosen !== undefined)
    prompt = await answerWith(journey, prompt, [{ id: "reading", value: matchOption(prompt.readings, chosen, "reading") }]);
  while (prompt.status === "needs_clarification") {
    const given = await collectAnswers(journey, prompt, answer);
    if (given.length === 0) break;
    prompt = await answerWith(journey, prompt, given);
  }
  terminal.answer(prompt);
  if (prompt.status === "unanswerable" || prompt.status === "refused") terminal.print(renderRefusal(prompt, terminal.canvas.style.bad));
  return prompt;
}

/** Whether there is something to run. */
export function isPlanned(prompt: Prompt): prompt is Planned {
  return prompt.status === "planned" && prompt.river !== null;
}

function renderRefusal(prompt: Prompt, paint: (text: string) => string): string[] {
  const reason = safeText(prompt.reason ?? prompt.explanation);
  return [
    `${paint("✗")} ${prompt.status === "refused" ? "refused" : "cannot be answered"}: ${reason}`,
    ...(prompt.unused.length > 0 ? [`  not understood: ${prompt.unused.map((word) => `“${safeText(word)}”`).join(", ")}`] : []),
  ];
}

type Answers = { id: string; value: string }[];

function answerWith({ client, signal }: Journey, prompt: Prompt, answers: Answers): Promise<Prompt> {
  return client.answerPrompt({ params: { prompt: prompt.id }, body: { answers } }, { signal });
}

async function collectAnswers({ terminal }: Journey, prompt: Prompt, answer: (question: Question) => string | undefined): Promise<Answers> {
  const given: Answers = [];
  const open: Question[] = [];
  for (const question of prompt.questions) {
    const known = answer(question);
    if (known === undefined) open.push(question);
    else {
      const value = matchOption(question.options, known, question.id);
      terminal.print([...renderQuestion(question, terminal.canvas), `> ${safeText(question.options.find((option) => option.value === value)?.text ?? value)}`]);
      given.push({ id: question.id, value });
    }
  }
  if (open.length > 0 && !terminal.interactive) {
    for (const question of open) {
      terminal.print(renderQuestion(question, terminal.canvas));
      terminal.print(question.options.map(({ value, text }) => `   --answer ${shellWord(`${question.id}=${value}`)}   ${safeText(text)}`));
    }
    return [];
  }
  for (const question of open) {
    terminal.print(renderQuestion(question, terminal.canvas));
    given.push({ id: question.id, value: await askOption(terminal, question.options) });
  }
  return given;
}

async function askOption(terminal: Journey["terminal"], options: Prompt["questions"][number]["options"]): Promise<string> {
  for (;;) {
    const line = await terminal.ask("> ");
    const found = findOption(options, line);
    if (found !== undefined) return found;
    terminal.note([`Answer with a number from 1 to ${options.length}.`]);
  }
}

function findOption(options: readonly { readonly value: string; readonly text: string }[], given: string): string | undefined {
  const exact = options.find(({ value }) => value === given) ?? options.find(({ text }) => text.toLowerCase() === given.toLowerCase());
  return exact?.value ?? (/^\d+$/.test(given) ? options[Number(given) - 1]?.value : undefined);
}

function matchOption(options: readonly { readonly value: string; readonly text: string }[], given: string, id: string): string {
  const found = findOption(options, given);
  if (found !== undefined) return found;
  const known = options.map(({ value }) => value).join(", ");
  throw wrongUse(`--answer ${id}=${given}: ${known === "" ? "there is nothing to choose" : `choose one of ${known}`}`);
}

function shellWord(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${safeText(text).replaceAll("'", `'\\''`)}'`;
}

/** A river that is ready to run, with what it was planned to cost. */
export interface Ready {
  readonly prompt: Planned;
  readonly river: Pick<River, "id" | "name" | "version" | "document">;
  readonly plan: Plan;
}

/** Shows how a sentence was read, its plan and its quote. */
export async function showPlan(journey: Journey, prompt: Planned): Promise<Ready> {
  const { terminal } = journey;
  terminal.print(renderReading(prompt, terminal.canvas));
  const plan = await planRiver(journey, prompt.river.id);
  terminal.print(renderPlan(prompt.river.document, plan, terminal.canvas));
  return { prompt, river: prompt.river, plan };
}

async function planRiver({ client, signal }: Journey, river: string): Promise<Plan> {
  return client.planRiver({ params: { river }, body: {} }, { signal });
}

/** Asks whether to run what was planned; lets it be edited, or read in another way. @returns undefined for no */
export async function confirmRun(journey: Journey, ready: Ready, edit: typeof editDocument = editDocument): Promise<Ready | undefined> {
  const { terminal } = journey;
  let current = ready;
  for (;;) {
    const choice = await askChoice(terminal, current.prompt.readings);
    if (choice === "yes") return current;
    if (choice === "no") return undefined;
    current = choice === "edit" ? await editPlan(journey, current, edit) : await readAnew(journey, current, choice.reading);
  }
}

type Choice = "yes" | "no" | "edit" | { readonly reading: string };
const words: Readonly<Record<string, Choice>> = { "": "yes", y: "yes", yes: "yes", n: "no", no: "no", e: "edit", edit: "edit" };

async function askChoice(terminal: Journey["terminal"], readings: Prompt["readings"]): Promise<Choice> {
  const others = readings.length === 0 ? "" : readings.length === 1 ? "/1" : `/1–${readings.length}`;
  for (;;) {
    const line = (await terminal.ask(`run it? [Y/n/edit${others}]  `)).toLowerCase();
    const choice = words[line];
    if (choice !== undefined) return choice;
    const reading = findOption(readings, line);
    if (reading !== undefined) return { reading };
  }
}

async function readAnew(journey: Journey, ready: Ready, reading: string): Promise<Ready> {
  const prompt = await answerWith(journey, ready.prompt, [{ id: "reading", value: reading }]);
  if (!isPlanned(prompt)) throw new CommandFailure(prompt.reason ?? "this reading has no plan", exitCodes.failed);
  return showPlan(journey, prompt);
}

async function editPlan(journey: Journey, ready: Ready, edit: typeof editDocument): Promise<Ready> {
  const { terminal, client, signal } = journey;
  let text: string | undefined;
  for (;;) {
    text = await edit(ready.river.document, text);
    if (text === undefined) return ready;
    const { valid, errors } = await client.validateRiver({ stream: text, headers: { "content-type": "application/yaml" } }, { signal });
    if (valid) break;
    terminal.print(renderFaults(errors, terminal.canvas));
    if (/^n/i.test(await terminal.ask("edit again? [Y/n]  "))) return ready;
  }
  // The draft gets another version: nothing is kept beyond it.
  const river = await client.putRiver({ params: { river: ready.river.id }, stream: text, headers: { "content-type": "application/yaml" } }, { signal });
  const plan = await planRiver(journey, river.id);
  terminal.print(renderPlan(river.document, plan, terminal.canvas));
  return { prompt: ready.prompt, river, plan };
}
