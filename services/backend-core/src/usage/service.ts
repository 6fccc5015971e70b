import { createId, priceOf, type PriceTable, sumAmounts, type Transaction } from "@rivergen/contracts";
import type { EventLog } from "../events/log.ts";
import { type UsageFilter, usageRepository as usage } from "./repository.ts";

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly events: EventLog;
  readonly prices: PriceTable;
}
/** What was used, and what makes it count once. */
export interface Metering {
  readonly key: string;
  readonly run: string | null;
  readonly stage: string | null;
  readonly attempt: number | null;
  readonly digest: string | null;
  readonly facts: object;
  readonly items: readonly { meter: string; quantity: number; unit: string }[];
}

export type UsageService = ReturnType<typeof createUsageService>;

export function createUsageService({ inWorkspace, events, prices }: Dependencies) {
  /** Adds lines to the log of usage in the caller's transaction; what was metered before is left as it is. */
  async function record(tx: Transaction, workspaceId: string, metering: Metering): Promise<void> {
    const { key, items, ...rest } = metering;
    const lines = items.map((item) => ({
      ...item,
      ...rest,
      id: createId("usage"),
      key: `${key}/${item.meter}`,
      amount: priceOf(prices, item.meter, item.quantity),
      step: null,
    }));
    const added = await usage.insert(tx, workspaceId, lines);
    if (added.length === 0) return;
    await events.append(tx, workspaceId, {
      type: "usage.recorded",
      subject: metering.run ?? metering.key,
      channels: metering.run === null ? [] : [`run:${metering.run}`],
      data: {
        run: metering.run,
        stage: metering.stage,
        attempt: metering.attempt,
        items: lines.map(({ meter, quantity, unit, amount }) => ({ meter, quantity, unit, amount })),
      },
    });
  }

  /** Meters something outside a run; the same id twice counts once. */
  async function recordAlone(workspaceId: string, id: string, items: Metering["items"]): Promise<void> {
    await inWorkspace(workspaceId, (tx) => record(tx, workspaceId, { key: id, run: null, stage: null, attempt: null, digest: null, facts: {}, items }));
  }

  async function list(workspaceId: string, { limit, cursor, ...filter }: UsageFilter & { limit: number; cursor?: string | undefined }) {
    return inWorkspace(workspaceId, async (tx) => {
      const rows = await usage.list(tx, workspaceId, filter, cursor, limit + 1);
      const totals = await usage.totals(tx, workspaceId, filter);
      return { items: rows.slice(0, limit), totals, currency: prices.currency, nextCursor: rows.length > limit ? (rows[limit - 1]?.id ?? null) : null };
    });
  }

  async function summarize(workspaceId: string, { by, ...filter }: UsageFilter & { by: "day" | "river" | "meter" }) {
    return inWorkspace(workspaceId, async (tx) => ({ groups: await usage.summarize(tx, workspaceId, by, filter), currency: prices.currency }));
  }

  /** What a run took so far, by meter, with the exact sum. */
  async function ofRun(tx: Transaction, workspaceId: string, run: string) {
    const items = await usage.ofRun(tx, workspaceId, run);
    return {
      items: items.map(({ meter, quantity, unit }) => ({ meter, quantity, unit })),
      price: sumAmounts(items.map(({ amount }) => amount)),
      currency: prices.currency,
    };
  }

  return { record, recordAlone, list, summarize, ofRun, history: usage.history };
}
