/** A day as `YYYY-MM-DD`; arithmetic is on the proleptic Gregorian calendar, without zones. */
export type Day = string;

export type Grain = "day" | "week" | "month" | "quarter" | "half" | "year" | "decade";

const toDate = (day: Day): Date => new Date(`${day}T00:00:00Z`);
const toDay = (date: Date): Day => date.toISOString().slice(0, 10);

/** Whether the text is a day that exists. */
export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(toDate(text).getTime()) && toDay(toDate(text)) === text;

/** The day of these numbers (month 1–12); undefined when it does not exist. */
export const dayOf = (year: number, month: number, day: number): Day | undefined => {
  const text = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  return isDay(text) ? text : undefined;
};

export const addDays = (day: Day, days: number): Day => toDay(new Date(toDate(day).getTime() + days * 86_400_000));

/** Months later, the day cut to the month's last (31 January + 1 month = 28 or 29 February). */
const addMonths = (day: Day, months: number): Day => {
  const date = toDate(day);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return toDay(new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(date.getUTCDate(), last))));
};

const monthsOf: Readonly<Record<Exclude<Grain, "day" | "week">, number>> = { month: 1, quarter: 3, half: 6, year: 12, decade: 120 };

export const addGrains = (day: Day, grain: Grain, count: number): Day => {
  if (grain === "day") return addDays(day, count);
  return grain === "week" ? addDays(day, 7 * count) : addMonths(day, monthsOf[grain] * count);
};

/** The first day of the week (Monday), month, quarter, half-year, year or decade that holds the day. */
export const startOf = (day: Day, grain: Grain): Day => {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  if (grain === "day") return day;
  if (grain === "week") return addDays(day, -((toDate(day).getUTCDay() + 6) % 7));
  if (grain === "decade") return `${String(year - (year % 10)).padStart(4, "0")}-01-01`;
  const span = monthsOf[grain];
  const first = month - ((month - 1) % span);
  return `${day.slice(0, 4)}-${String(first).padStart(2, "0")}-01`;
};

/** The Monday of an ISO week. */
export const isoWeek = (year: number, week: number): Day => addDays(startOf(`${year}-01-04`, "week"), 7 * (week - 1));
