import { serviceRoutes } from "@rivergen/contracts";
import { defineService } from "@rivergen/service-kit";
import { createPromptService } from "./prompts/service.ts";

export const definition = defineService({
  name: "agent-prompt-studio",
  summary: "Coordinates a question from its words to a checked and priced river draft",
  routes: serviceRoutes["agent-prompt-studio"],
  calls: ["backend-core", "capability-planning"],
  setup(resources) {
    const prompts = createPromptService({
      core: (caller) => resources.client("backend-core", caller),
      planning: (caller) => resources.client("capability-planning", caller),
      today: () => new Date().toISOString().slice(0, 10),
    });
    return {
      handlers: {
        ask: ({ caller, body }) => prompts.ask(caller, body),
        answerPrompt: ({ caller, params, body }) => prompts.answer(caller, params.prompt, body.answers),
        getPrompt: ({ caller, params }) => prompts.get(caller, params.prompt),
      },
    };
  },
});
