import { z } from "zod";
import { DecimalText, Time } from "./common.ts";
import { route } from "./http.ts";

/** One immutable fact on the bill: keyed by run, stage and attempt, so that it counts once. */
export const UsageItem = z
  .strictObject({
    id: z.string(),
    meter: z.string(),
    quantity: z.number(),
    unit: z.string(),
    run: z.string().nullable(),
    stage: z.string().nullable(),
    step: z.string().nullable(),
    attempt: z.number().int().nullable(),
    occurredAt: Time,
    /** In the plan's currency, exact; rounding happens on invoice lines only. */
    amount: DecimalText,
  })
  .meta({ id: "UsageItem" });
export type UsageItem = z.output<typeof UsageItem>;

export const usageRoutes = {
  listUsage: route({
    method: "GET",
    path: "/v1/billing/usage",
    scope: "billing:read",
    tag: "Billing",
    summary: "What was metered, with totals over the whole selection",
    query: z.strictObject({
      from: Time.optional(),
      to: Time.optional(),
      run: z.string().max(80).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().min(1).max(200).optional(),
    }),
    answer: z.strictObject({
      items: z.array(UsageItem),
      totals: z.array(z.strictObject({ meter: z.string(), quantity: z.number(), unit: z.string(), amount: DecimalText })),
      currency: z.string(),
      nextCursor: z.string().nullable(),
    }),
  }),
  summarizeUsage: route({
    method: "GET",
    path: "/v1/billing/usage/summary",
    scope: "billing:read",
    tag: "Billing",
    summary: "What was metered in all, by day (UTC), by river or by meter",
    query: z.strictObject({
      from: Time.optional(),
      to: Time.optional(),
      by: z.enum(["day", "river", "meter"]).default("day"),
    }),
    answer: z.strictObject({
      /** At most 1,000: days in order, rivers and meters by their amount, highest first. */
      groups: z.array(
        z.strictObject({
          /** Day (`2026-01-31`), name of a river or meter; null: no run of a river (queries). */
          key: z.string().nullable(),
          amount: DecimalText,
          runs: z.number().int().nonnegative(),
        }),
      ),
      currency: z.string(),
    }),
  }),
};
