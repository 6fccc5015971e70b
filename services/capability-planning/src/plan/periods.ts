import type { Range, Recurring } from "../period/read-period.ts";

export type Period = Range | Recurring;

const monthNames = "January February March April May June July August September October November December".split(" ");
const dayNames = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");

/** A period in plain words. */
export const describePeriod = (period: Period): string => {
  if (period.kind === "range") {
    if (period.from !== null && period.to !== null) return `from ${period.from} to before ${period.to}`;
    return period.from === null ? `before ${period.to}` : `from ${period.from} on`;
  }
  if (period.part === "month") return period.values.map((value) => monthNames[value - 1]).join(", ");
  if (period.part === "weekday" || period.part === "weekend") return period.values.map((value) => dayNames[value - 1]).join(", ");
  return `${period.part} ${period.values.join(", ")}`;
};
