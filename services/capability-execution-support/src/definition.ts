import { pricesVariable, serviceRoutes } from "@rivergen/contracts";
import { defineService } from "@rivergen/service-kit";
import { z } from "zod";
import { checkRiver } from "./check-river.ts";

export const definition = defineService({
  name: "capability-execution-support",
  summary: "Checks, plans and prices river documents before anything runs",
  config: z.object({ PRICES: pricesVariable }),
  routes: serviceRoutes["capability-execution-support"],
  calls: ["compute-internal", "capability-governance"],
  setup(resources) {
    return {
      handlers: {
        checkRiver: ({ body, caller }) =>
          checkRiver(body, {
            describeSql: resources.client("compute-internal", caller).describeSql,
            assessPlan: resources.client("capability-governance", caller).assessPlan,
            prices: resources.config.PRICES,
            now: () => new Date(),
          }),
      },
    };
  },
});
