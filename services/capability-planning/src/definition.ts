import { serviceRoutes } from "@rivergen/contracts";
import { defineService } from "@rivergen/service-kit";
import { planQuestion } from "./plan-question.ts";

export const definition = defineService({
  name: "capability-planning",
  summary: "Turns a sentence and a catalog into a typed plan, a question back, or an honest no",
  routes: serviceRoutes["capability-planning"],
  setup: () => ({ handlers: { plan: async ({ body }) => planQuestion(body) } }),
});
