import { AppError, type Caller, type Client, type Prompt, type ServiceRoutes } from "@rivergen/contracts";

interface Dependencies {
  readonly core: (caller: Caller) => Client<ServiceRoutes["backend-core"]>;
  readonly planning: (caller: Caller) => Client<ServiceRoutes["capability-planning"]>;
  /** `YYYY-MM-DD`. */
  readonly today: () => string;
}
interface Request {
  readonly text: string;
  readonly today: string;
  readonly datasets: string[] | null;
  readonly answers: { id: string; value: string }[];
}

/** Coordinates a question: catalog → plan → check and quote → draft. It keeps nothing itself. */
export function createPromptService({ core, planning, today }: Dependencies) {
  async function ask(
    caller: Caller,
    given: {
      text: string;
      datasets?: string[] | undefined;
      today?: string | undefined;
      follows?: string | undefined;
    },
  ): Promise<Prompt> {
    const before = given.follows === undefined ? null : await required(caller, given.follows);
    const request: Request = {
      text: given.text,
      today: given.today ?? before?.request.today ?? today(),
      datasets: given.datasets ?? before?.request.datasets ?? null,
      answers: [],
    };
    return plan(caller, null, request);
  }

  /** @throws PROMPT_NOT_FOUND, PROMPT_NOT_WAITING, INVALID_REQUEST for answers to questions that were not asked */
  async function answer(caller: Caller, id: string, answers: readonly { id: string; value: string }[]): Promise<Prompt> {
    const { prompt, request } = await required(caller, id);
    if (prompt.status !== "needs_clarification" && prompt.readings.length === 0)
      throw new AppError("PROMPT_NOT_WAITING", { detail: "This prompt asked nothing and has no other readings." });
    const choices = [...prompt.questions, { id: "reading", options: prompt.readings }];
    const faults = answers.flatMap(({ id: question, value }, i) => {
      const asked = choices.find((choice) => choice.id === question);
      if (!asked) return [{ path: `/answers/${i}/id`, code: "QUESTION_NOT_FOUND", message: `must be one of ${choices.map((choice) => choice.id).join(", ")}` }];
      return asked.options.some((option) => option.value === value)
        ? []
        : [{ path: `/answers/${i}/value`, code: "NOT_ALLOWED", message: `must be one of ${asked.options.map((option) => option.value).join(", ")}` }];
    });
    if (faults.length > 0) throw new AppError("INVALID_REQUEST", { errors: faults });
    const kept = request.answers.filter((old) => !answers.some((fresh) => fresh.id === old.id));
    return plan(caller, id, { ...request, answers: [...kept, ...answers] });
  }

  async function get(caller: Caller, id: string): Promise<Prompt> {
    return (await required(caller, id)).prompt;
  }

  async function plan(caller: Caller, id: string | null, request: Request): Promise<Prompt> {
    const catalog = await core(caller).planningCatalog({ body: { datasets: request.datasets } });
    const found = await planning(caller).plan({
      body: {
        text: request.text,
        today: request.today,
        answers: request.answers,
        catalog,
      },
    });
    const { prompt } = await core(caller).savePrompt({ body: { id, request, answer: found } });
    return prompt;
  }

  async function required(caller: Caller, id: string) {
    const record = await core(caller).findPrompt({ query: { prompt: id } });
    if (!record) throw new AppError("PROMPT_NOT_FOUND");
    return record;
  }

  return { ask, answer, get };
}
