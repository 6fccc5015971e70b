import { serviceRoutes } from "@rivergen/contracts";
import { defineService } from "@rivergen/service-kit";
import { assessPlan } from "./assess-plan.ts";

export const definition = defineService({
  name: "capability-governance",
  summary: "Says which labelled columns reach which outputs of a plan, and by what influence",
  routes: serviceRoutes["capability-governance"],
  setup: () => ({ handlers: { assessPlan: async ({ body }) => assessPlan(body.outputs, body.lineage, body.datasets) } }),
});
