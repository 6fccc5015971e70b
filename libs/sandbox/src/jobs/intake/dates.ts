import { text } from "./sql.ts";

/** One way to read a text as a date or a moment. */
export interface DateReading {
  readonly id: string;
  /** For people: `2024-01-31`, `31.01.2024` … */
  readonly example: string;
  /** Which of two orders it assumes; null where the form leaves no doubt. */
  readonly order: "dmy" | "mdy" | null;
  /** Whether values name their zone: they become instants. */
  readonly zoned: boolean;
  /** Whether years have two digits. */
  readonly shortYear: boolean;
  /** A quick test on a sample. */
  readonly looks: RegExp;
  /** SQL for the TIMESTAMP (or TIMESTAMPTZ) that `value` says, NULL where it says none. */
  sql(value: string): string;
}

const clock = "([T ] ?([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6}0{0,3})?)?)";
const zone = " ?(Z|[-+][0-9]{2}(:?[0-9]{2})?)";
const isoDay = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}";

const match = (value: string, pattern: string): string => `regexp_full_match(${value}, ${text(pattern)})`;

/** Clock times that may follow a day that is not written in ISO order. */
const clockFormats = ["", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S"];
const looseClock = "(?:[T ] ?\\d{1,2}:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?: ?[AaPp][Mm])?)?";

function byFormat(
  id: string,
  example: string,
  day: string,
  formats: readonly string[],
  more: Partial<Pick<DateReading, "order" | "shortYear">> = {},
): DateReading {
  const all = formats.flatMap((format) => clockFormats.map((suffix) => text(format + suffix)));
  const pattern = `${day}([T ].*)?`;
  return {
    id,
    example,
    order: more.order ?? null,
    zoned: false,
    shortYear: more.shortYear ?? false,
    looks: new RegExp(`^${day}${looseClock}$`),
    sql: (value) => `CASE WHEN ${match(value, pattern)} THEN try_strptime(${value}, [${all.join(", ")}]) END`,
  };
}

function bothOrders(separator: string, escaped: string): DateReading[] {
  const long = `[0-9]{1,2}${escaped}[0-9]{1,2}${escaped}[0-9]{4}`;
  const short = `[0-9]{1,2}${escaped}[0-9]{1,2}${escaped}[0-9]{2}`;
  const format = (order: "dmy" | "mdy", year: string): string[] => [(order === "dmy" ? ["%d", "%m", year] : ["%m", "%d", year]).join(separator)];
  const example = (order: "dmy" | "mdy", year: string): string => (order === "dmy" ? ["31", "01", year] : ["01", "31", year]).join(separator);
  return (["dmy", "mdy"] as const).flatMap((order) => [
    byFormat(`${order}${separator}`, example(order, "2024"), long, format(order, "%Y"), { order }),
    byFormat(`${order}${separator}short`, example(order, "24"), short, format(order, "%y"), { order, shortYear: true }),
  ]);
}

const month = "[A-Za-z]{3,9}\\.?";

/**
 * Every way a date may be written. Days with dots are day-first everywhere they are used; slashes and dashes are
 * decided by values above 12. Years of two digits mean 1969 to 2068.
 */
export const dateReadings: readonly DateReading[] = [
  {
    id: "iso",
    example: "2024-01-31",
    order: null,
    zoned: false,
    shortYear: false,
    looks: new RegExp(`^\\d{4}-\\d{1,2}-\\d{1,2}${looseClock}$`),
    sql: (value) => `CASE WHEN ${match(value, `${isoDay}${clock}?`)} THEN try_cast(${value} AS TIMESTAMP) END`,
  },
  {
    id: "iso zone",
    example: "2024-01-31T10:00:00Z",
    order: null,
    zoned: true,
    shortYear: false,
    looks: /^\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|[-+]\d\d(?::?\d\d)?)$/,
    sql: (value) =>
      `CASE WHEN ${match(value, `${isoDay}${clock}${zone}`)} THEN try_cast(regexp_replace(regexp_replace(${value}, ' ?(Z|[-+][0-9:]+)$', '\\1'), '([T ][0-9]{1,2}:[0-9]{2})(Z|[-+])', '\\1:00\\2') AS TIMESTAMPTZ) END`,
  },
  byFormat("ymd/", "2024/01/31", "[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", ["%Y/%m/%d"]),
  byFormat("ymd.", "2024.01.31", "[0-9]{4}\\.[0-9]{1,2}\\.[0-9]{1,2}", ["%Y.%m.%d"]),
  byFormat("ymd", "20240131", "[0-9]{8}", ["%Y%m%d"]),
  byFormat("dmy.", "31.01.2024", "[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{4}", ["%d.%m.%Y"]),
  byFormat("dmy.short", "31.01.24", "[0-9]{1,2}\\.[0-9]{1,2}\\.[0-9]{2}", ["%d.%m.%y"], { shortYear: true }),
  ...bothOrders("/", "/"),
  ...bothOrders("-", "-"),
  byFormat("month day", "Jan 31 2024", `${month} [0-9]{1,2},? [0-9]{4}`, ["%b %d %Y", "%b %d, %Y", "%B %d %Y", "%B %d, %Y"]),
  byFormat("day month", "31 Jan 2024", `[0-9]{1,2}[ -]${month}[ -][0-9]{4}`, ["%d %b %Y", "%d-%b-%Y", "%d %B %Y"]),
  byFormat("day month short", "31-Jan-24", `[0-9]{1,2}[ -]${month}[ -][0-9]{2}`, ["%d-%b-%y", "%d %b %y"], { shortYear: true }),
];
