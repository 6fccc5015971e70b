import { kindOf, type TableColumn } from "./row-source.ts";

/** Turns a value that is not null into what a cell shows. */
export type CellFormat = (value: unknown) => string;

const locale = navigator.language;
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const ungrouped = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, useGrouping: false });
const fraction = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
const small = new Intl.NumberFormat(locale, { maximumSignificantDigits: 6 });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const wallClock = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
const instant = new Intl.DateTimeFormat(locale, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});

/** Numbers that name things rather than count them: a separator in them would mislead. */
const isNaming = (name: string): boolean => /(^|[^a-z])(id|year|zip|zipcode|postcode|code|fips)$/i.test(name.replaceAll(/([a-z])([A-Z])/g, "$1_$2"));

function formatDecimal(scale: number): CellFormat {
  const exact = new Intl.NumberFormat(locale, { minimumFractionDigits: scale, maximumFractionDigits: scale });
  // As text a decimal keeps all its digits.
  return (value) => exact.format(value as Intl.StringNumericLiteral);
}

function formatDouble(value: unknown): string {
  if (typeof value !== "number") return String(value);
  const size = Math.abs(value);
  return size !== 0 && size < 0.001 ? small.format(value) : fraction.format(value);
}

const formatInstant =
  (format: Intl.DateTimeFormat, suffix: string): CellFormat =>
  (value) => {
    const text = String(value);
    const time = Date.parse(text.endsWith("Z") ? text : `${text}${suffix}`);
    return Number.isNaN(time) ? String(value) : format.format(time);
  };

/** Any value as plain text: what is copied, and what the detail of a cell shows. */
export const toPlainText = (value: unknown): string =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);

/** How the values of a column are shown: by type, in the reader's locale. */
export function formatOf({ name, type }: TableColumn): CellFormat {
  switch (kindOf(type)) {
    case "number": {
      if (type === "double") return formatDouble;
      const scale = Number(/,\s*(\d+)\)$/.exec(type)?.[1] ?? 0);
      if (scale > 0) return formatDecimal(scale);
      const format = isNaming(name) ? ungrouped : whole;
      return (value) => format.format(value as Intl.StringNumericLiteral);
    }
    case "date":
      return formatInstant(day, "T00:00:00Z");
    case "timestamp":
      return formatInstant(wallClock, "Z");
    case "timestamptz":
      return formatInstant(instant, "");
    default:
      return toPlainText;
  }
}

/** Values of this type are aligned at their end, so that digits stand below digits. */
export const isAtEnd = (type: string): boolean => kindOf(type) === "number";

/** First characters of a text that a cell shows: no cell holds a novel. */
const mostCharacters = 500;
export const clip = (text: string): string => (text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text);
