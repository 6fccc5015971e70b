import { kindOf } from "../../../components/data-table/row-source.ts";
import { formatOf } from "../../../components/data-table/format-cell.ts";
import { formatCompact } from "../../../texts/format.ts";

/** Shows ends of ranges: they are cut between values, so numbers are rounded, whatever the column's type, and times are days. */
export function boundFormat(name: string, type: string): (value: string | number | boolean | null) => string {
  const isTime = kindOf(type).startsWith("timestamp");
  const format = formatOf({ name, type: isTime ? "date" : type });
  return (value) => {
    const number = Number(value);
    if (typeof value !== "number" && !/^-?[\d.]+(e[+-]?\d+)?$/i.test(String(value))) return format(isTime ? String(value).slice(0, 10) : value);
    return Math.abs(number) >= 100_000 ? formatCompact(number) : formatOf({ name, type: "double" })(Math.round(number * 100) / 100);
  };
}
