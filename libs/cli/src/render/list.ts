import type { River, Run, UsageItem } from "@rivergen/contracts";
import { formatCount, formatDecimal, formatDuration } from "./number.ts";
import type { Canvas } from "./style.ts";
import { renderTable } from "./table.ts";

const integer = { type: "integer" };
/** Sums of doubles, without the digits that only rounding made. */
const readable = (quantity: number): number => Number(quantity.toPrecision(10));
const minute = (time: string): string => time.slice(0, 16).replace("T", " ");

/** All rivers, one a line. */
export function renderRivers(rivers: readonly River[], canvas: Canvas): string[] {
  if (rivers.length === 0) return ['no rivers yet: river ask "…", then river save <name>'];
  const rows = rivers.map(({ name, version, document, createdAt }) => [
    name,
    version,
    Object.values(document.sources)
      .map(({ dataset }) => dataset)
      .join(", "),
    document.description ?? "",
    minute(createdAt),
  ]);
  return renderTable([{ name: "river" }, { name: "version", ...integer }, { name: "reads" }, { name: "description" }, { name: "saved" }], rows, canvas);
}

/** All runs, one a line. */
export function renderRuns(runs: readonly Run[], canvas: Canvas): string[] {
  if (runs.length === 0) return ["no runs yet: river run <river>"];
  const rows = runs.map((run) => [
    run.id,
    run.river.name,
    run.river.version,
    run.status,
    run.outputs.map(({ rowCount }) => formatCount(rowCount)).join(", "),
    run.metered === null ? "" : formatDuration(run.metered.durationMs),
    run.metered === null ? "" : `${formatDecimal(run.metered.price)} ${run.metered.currency}`,
    minute(run.createdAt),
  ]);
  return renderTable(
    [
      { name: "run" },
      { name: "river" },
      { name: "version", ...integer },
      { name: "status" },
      { name: "rows", ...integer },
      { name: "time", ...integer },
      { name: "price", ...integer },
      { name: "created" },
    ],
    rows,
    canvas,
  );
}

export interface UsageAnswer {
  readonly items: readonly UsageItem[];
  readonly totals: readonly { readonly meter: string; readonly quantity: number; readonly unit: string; readonly amount: string }[];
  readonly currency: string;
}

/** What was metered: totals by meter, and the newest items. */
export function renderUsage({ items, totals, currency }: UsageAnswer, canvas: Canvas): string[] {
  if (totals.length === 0) return ["nothing was metered"];
  const amount = { name: `amount ${currency}`, ...integer };
  const lines = renderTable(
    [{ name: "meter" }, { name: "quantity", ...integer }, { name: "unit" }, amount],
    totals.map((total) => [total.meter, readable(total.quantity), total.unit, formatDecimal(total.amount)]),
    canvas,
  );
  const detail = renderTable(
    [
      { name: "when" },
      { name: "run" },
      { name: "stage" },
      { name: "attempt", ...integer },
      { name: "meter" },
      { name: "quantity", ...integer },
      { name: "unit" },
      amount,
    ],
    items.map((item) => [
      minute(item.occurredAt),
      item.run ?? "",
      item.stage ?? "",
      item.attempt ?? "",
      item.meter,
      readable(item.quantity),
      item.unit,
      formatDecimal(item.amount),
    ]),
    canvas,
  );
  return [...lines, "", ...detail];
}
