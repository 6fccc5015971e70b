import { readNumber, readOrdinal, type Token } from "@rivergen/words";
import { addDays, addGrains, dayOf, isDay, isoWeek, startOf } from "./calendar.ts";
import type { Day, Grain } from "./calendar.ts";

/** A stretch of days; `to` is exclusive, null is open. */
export interface Range {
  readonly kind: "range";
  readonly from: Day | null;
  readonly to: Day | null;
  /** What the words named: a year may also be compared with a column of years. */
  readonly grain: Grain;
}

/** Part of every year or week: July, Mondays, weekends, the first quarter. */
export interface Recurring {
  readonly kind: "recurring";
  readonly part: "month" | "quarter" | "weekday" | "weekend" | "monthday" | "hour";
  readonly values: readonly number[];
}

export interface PeriodReading {
  /** Index after the last token used. */
  readonly end: number;
  readonly period: Range | Recurring;
  /** Whether a preposition or a relative word says that this is a time; a bare number does not. */
  readonly sure: boolean;
}

const months = "january february march april may june july august september october november december".split(" ");
const weekdays = "monday tuesday wednesday thursday friday saturday sunday".split(" ");
const grains: Readonly<Record<string, Grain>> = {
  day: "day",
  week: "week",
  month: "month",
  quarter: "quarter",
  year: "year",
  decade: "decade",
  half: "half",
  yr: "year",
  wk: "week",
};

const monthOf = (word: string): number | undefined => {
  if (word.length < 3) return undefined;
  const at = months.findIndex((month) => month === word || (word.length <= 4 && month.startsWith(word) && word !== "mar" ? true : word === month.slice(0, 3)));
  return at < 0 ? undefined : at + 1;
};
const weekdayOf = (word: string): number | undefined => {
  const at = weekdays.findIndex(
    (day) =>
      day === word ||
      `${day}s` === word ||
      (word.length >= 3 && word.length <= 5 && day.startsWith(word) && word !== "sat" && word !== "sun" && word !== "wed"),
  );
  return at < 0 ? undefined : at + 1;
};

const whole = (day: Day, grain: Grain): Range => ({ kind: "range", from: startOf(day, grain), to: addGrains(startOf(day, grain), grain, 1), grain });
const yearOf = (token: Token | undefined): number | undefined => {
  const match = /^(1[5-9]\d\d|20\d\d|21\d\d)$/.exec(token?.lower ?? "");
  return match === null ? undefined : Number(match[1]);
};

interface Input {
  readonly tokens: readonly Token[];
  readonly today: Day;
}
type Reader = (input: Input, at: number) => PeriodReading | undefined;
const word = (input: Input, at: number): string => input.tokens[at]?.lower ?? "";
const lemma = (input: Input, at: number): string => input.tokens[at]?.lemma ?? "";
const skipOf = (input: Input, at: number): number => (/^(of|,|in)$/.test(word(input, at)) ? at + 1 : at);

const found = (end: number, period: Range | Recurring, sure = true): PeriodReading => ({ end, period, sure });

const absoluteDay: Reader = (input, at) => {
  const text = word(input, at);
  const iso = /^(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2}))?$/.exec(text);
  if (iso !== null) {
    const day = dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3] ?? 1));
    return day === undefined ? undefined : found(at + 1, whole(day, iso[3] === undefined ? "month" : "day"));
  }
  const local = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(text);
  if (local === null) return undefined;
  const [a, b, year] = [Number(local[1]), Number(local[2]), Number(local[3])];
  const day = text.includes(".") || a > 12 ? dayOf(year, b, a) : dayOf(year, a, b);
  return day === undefined ? undefined : found(at + 1, whole(day, "day"));
};

const dayNumber = (token: Token | undefined): number | undefined => {
  if (token === undefined) return undefined;
  const value = /^\d{1,2}$/.test(token.lower) ? Number(token.lower) : readOrdinal(token);
  return value !== undefined && value >= 1 && value <= 31 ? value : undefined;
};

/** `july 4 2001`, `4 july 2001`, `4th of july`, `july 2001`, `july`. */
const namedMonth: Reader = (input, at) => {
  const leading = dayNumber(input.tokens[at]);
  const start = leading === undefined ? at : skipOf(input, at + 1);
  const month = monthOf(word(input, start));
  const doubtful = leading === undefined && /^(may|march|mar|sep|sept)$/.test(word(input, start)) && !plausibleMonth(input, start);
  if (month === undefined || doubtful) return undefined;
  const trailing = leading === undefined ? dayNumber(input.tokens[start + 1]) : undefined;
  return monthWithYear(input, month, leading ?? trailing, trailing === undefined ? start + 1 : start + 2);
};

const monthWithYear = (input: Input, month: number, date: number | undefined, after: number): PeriodReading | undefined => {
  const yearAt = skipOf(input, after);
  const value = yearOf(input.tokens[yearAt]);
  if (value === undefined && date === undefined) return found(after, { kind: "recurring", part: "month", values: [month] });
  const day = dayOf(value ?? Number(input.today.slice(0, 4)), month, date ?? 1);
  return day === undefined ? undefined : found(value === undefined ? after : yearAt + 1, whole(day, date === undefined ? "month" : "day"));
};

const plausibleMonth = (input: Input, at: number): boolean =>
  yearOf(input.tokens[skipOf(input, at + 1)]) !== undefined ||
  dayNumber(input.tokens[at + 1]) !== undefined ||
  /^(in|of|during|since|until|before|after|from|to|for|and|by|between|last|this|next)$/.test(word(input, at - 1)) ||
  input.tokens[at]!.capital;

const year: Reader = (input, at) => {
  const offset = /^(year|calendar)$/.test(word(input, at)) ? (word(input, at + 1) === "of" ? 2 : 1) : 0;
  const value = yearOf(input.tokens[at + offset]);
  if (value !== undefined) return found(at + offset + 1, whole(`${value}-01-01`, "year"), offset > 0);
  const decade = /^(?:(\d{4})|(\d0))'?s$/.exec(word(input, at));
  if (decade === null) return undefined;
  const short = Number(decade[2]);
  const start = decade[1] === undefined ? (short < 30 ? 2000 : 1900) + short : Number(decade[1]);
  return found(at + 1, whole(`${start}-01-01`, "decade"));
};

const namedDecades: Readonly<Record<string, number>> = {
  twenties: 1920,
  thirties: 1930,
  forties: 1940,
  fifties: 1950,
  sixties: 1960,
  seventies: 1970,
  eighties: 1980,
  nineties: 1990,
};

/** `q1 2023`, `first quarter of 2023`, `h2 2020`, `week 12 of 2020`, `nineties`. */
const quarter: Reader = (input, at) => {
  const decade = namedDecades[word(input, at)];
  if (decade !== undefined) return found(at + 1, whole(`${decade}-01-01`, "decade"));
  const part = numberedPart(input, at);
  if (part === undefined) return undefined;
  const after = skipOf(input, part.end);
  const value = yearOf(input.tokens[after]);
  const base = value ?? Number(input.today.slice(0, 4));
  const end = value === undefined ? part.end : after + 1;
  if (part.kind === "week") return found(end, whole(isoWeek(base, part.number), "week"));
  if (value === undefined && part.kind === "quarter") return found(end, { kind: "recurring", part: "quarter", values: [part.number] });
  const month = (part.number - 1) * (part.kind === "half" ? 6 : 3) + 1;
  return found(end, whole(`${base}-${String(month).padStart(2, "0")}-01`, part.kind));
};

interface NumberedPart {
  readonly kind: "quarter" | "half" | "week";
  readonly number: number;
  readonly end: number;
}

/** `q1`, `h2`, `first quarter`, `second half`, `week 12`. */
const numberedPart = (input: Input, at: number): NumberedPart | undefined => {
  const short = /^([qh])([1-4])$/.exec(word(input, at));
  if (short !== null) return { kind: short[1] === "q" ? "quarter" : "half", number: Number(short[2]), end: at + 1 };
  if (lemma(input, at) === "week" && /^\d{1,2}$/.test(word(input, at + 1))) return { kind: "week", number: Number(word(input, at + 1)), end: at + 2 };
  const named = lemma(input, at + 1);
  const ordinal = input.tokens[at] === undefined ? undefined : readOrdinal(input.tokens[at]);
  if (ordinal === undefined || (named !== "quarter" && named !== "half")) return undefined;
  return { kind: named, number: ordinal, end: at + 2 };
};

const today: Reader = (input, at) => {
  const shift = { yesterday: -1, today: 0, tomorrow: 1 }[word(input, at)];
  if (shift !== undefined) return found(at + 1, whole(addDays(input.today, shift), "day"));
  const running = toDate(input, at);
  if (running === undefined) return undefined;
  return found(running.end, { kind: "range", from: startOf(input.today, running.grain), to: addDays(input.today, 1), grain: running.grain });
};

/** `ytd`, `month to date`, `so far this year`. */
const toDate = (input: Input, at: number): { grain: Grain; end: number } | undefined => {
  const short = ({ ytd: "year", qtd: "quarter", mtd: "month" } as const)[word(input, at)];
  if (short !== undefined) return { grain: short, end: at + 1 };
  const phrase = [0, 1, 2].map((step) => word(input, at + step)).join(" ");
  if (/^(year|quarter|month) to date$/.test(phrase)) return { grain: grains[word(input, at)]!, end: at + 3 };
  const grain = phrase === "so far this" ? grains[lemma(input, at + 3)] : undefined;
  return grain === undefined ? undefined : { grain, end: at + 4 };
};

/** `this month`, `last year`, `previous week`, `last 3 months`, `past 30 days`, `next quarter`, `2 years ago`. */
const relative: Reader = (input, at) => {
  const head = word(input, at);
  const ago = readNumber(input.tokens, at);
  if (ago !== undefined) {
    const grain = grains[lemma(input, ago.end)];
    if (grain === undefined || word(input, ago.end + 1) !== "ago") return undefined;
    return found(ago.end + 2, whole(addGrains(input.today, grain, -ago.value), grain));
  }
  if (!/^(this|current|last|previous|past|prior|next|coming|preceding|trailing|recent)$/.test(head)) return undefined;
  const next = /^(calendar|full|whole|complete|iso)$/.test(word(input, at + 1)) ? at + 2 : at + 1;
  const count = readNumber(input.tokens, next);
  const grain = grains[lemma(input, count === undefined ? next : count.end)];
  if (grain === undefined) return relativeWeekday(input, at);
  const end = (count === undefined ? next : count.end) + 1;
  if (count !== undefined) return found(end, rolling(input, head, grain, count.value));
  const shift = /^(this|current)$/.test(head) ? 0 : /^(next|coming)$/.test(head) ? 1 : -1;
  return found(end, whole(addGrains(startOf(input.today, grain), grain, shift), grain));
};

/** The last N whole units end yesterday for days and with the running unit's start otherwise; days include today. */
const rolling = (input: Input, head: string, grain: Grain, count: number): Range => {
  if (/^(next|coming)$/.test(head)) return { kind: "range", from: input.today, to: addGrains(input.today, grain, count), grain: "day" };
  return { kind: "range", from: addGrains(input.today, grain, -count), to: addDays(input.today, 1), grain: "day" };
};

const relativeWeekday = (input: Input, at: number): PeriodReading | undefined => {
  const weekday = weekdayOf(word(input, at + 1));
  if (weekday === undefined || !/^(last|previous|past|this|next)$/.test(word(input, at))) return undefined;
  const base = addDays(startOf(input.today, "week"), weekday - 1);
  const shift = word(input, at) === "this" ? 0 : word(input, at) === "next" ? 7 : base < input.today ? 0 : -7;
  return found(at + 2, whole(addDays(base, shift), "day"));
};

const weekly: Reader = (input, at) => {
  if (/^weekends?$/.test(word(input, at))) return found(at + 1, { kind: "recurring", part: "weekend", values: [6, 7] });
  if (/^(weekdays?|workdays?)$/.test(word(input, at)) && /^(on|during)$/.test(word(input, at - 1)))
    return found(at + 1, { kind: "recurring", part: "weekend", values: [1, 2, 3, 4, 5] });
  const values: number[] = [];
  let end = at;
  while (weekdayOf(word(input, end)) !== undefined) {
    values.push(weekdayOf(word(input, end))!);
    end += /^(and|or|,)$/.test(word(input, end + 1)) && weekdayOf(word(input, end + 2)) !== undefined ? 2 : 1;
  }
  const seasonal = seasons[word(input, at)];
  if (seasonal !== undefined && /^(in|during)$/.test(word(input, at - 1))) return found(at + 1, { kind: "recurring", part: "month", values: seasonal });
  return values.length === 0 ? undefined : found(end, { kind: "recurring", part: "weekday", values });
};
const seasons: Readonly<Record<string, readonly number[]>> = {
  winter: [12, 1, 2],
  spring: [3, 4, 5],
  summer: [6, 7, 8],
  autumn: [9, 10, 11],
  fall: [9, 10, 11],
};

const readers: readonly Reader[] = [absoluteDay, quarter, namedMonth, today, relative, weekly, year];

const simple = (input: Input, at: number): PeriodReading | undefined => {
  for (const reader of readers) {
    const reading = reader(input, at);
    if (reading !== undefined) return reading;
  }
  return undefined;
};

const openings: Readonly<Record<string, "from" | "after" | "before" | "until" | "on">> = {
  since: "from",
  after: "after",
  before: "before",
  until: "until",
  till: "until",
  through: "until",
  by: "until",
  from: "from",
  starting: "from",
  following: "after",
  "prior to": "before",
  "on or after": "from",
  "on or before": "until",
  "no later than": "until",
  "later than": "after",
  "earlier than": "before",
  "up to": "until",
  "older than": "before",
  "newer than": "after",
};
const neutral = new Set(["in", "during", "on", "for", "of", "within", "throughout", "over", "at", "dated"]);

const edge = (period: Range, how: string): Range => {
  const day = period.grain;
  if (how === "after") return { kind: "range", from: period.to, to: null, grain: day };
  if (how === "before") return { kind: "range", from: null, to: period.from, grain: day };
  if (how === "until") return { kind: "range", from: null, to: period.to, grain: day };
  return { kind: "range", from: period.from, to: null, grain: day };
};

const opening = (input: Input, at: number): { how: string; next: number } | undefined => {
  for (const length of [3, 2, 1]) {
    const how = openings[Array.from({ length }, (_, i) => word(input, at + i)).join(" ")];
    if (how !== undefined) return { how, next: at + length };
  }
  return undefined;
};

/** "from 1990" is that year, "from 1990 on" and "since 1990" are open. */
const openRange = (input: Input, how: string, end: number, period: Range, at: number): PeriodReading => {
  if (word(input, at) !== "from") return found(end, edge(period, how));
  const onwards = /^(on|onward|onwards|forward)$/.test(word(input, end));
  return onwards ? found(end + 1, edge(period, "from")) : found(end, period);
};

/** `between A and B`, `from A to B`, `A to B`, `A - B`. */
const interval = (input: Input, at: number): PeriodReading | undefined => {
  const opened = /^(between|from)$/.test(word(input, at));
  const first = simple(input, opened ? at + 1 : at);
  if (first === undefined || first.period.kind !== "range") return monthInterval(input, at, opened);
  if (!(/^(to|until|till|through|-)$/.test(word(input, first.end)) || (opened && word(input, first.end) === "and"))) return undefined;
  const second = simple(input, first.end + 1);
  if (second?.period.kind !== "range" || second.period.to === null) return undefined;
  return found(second.end, { kind: "range", from: first.period.from, to: second.period.to, grain: first.period.grain }, opened || first.sure);
};

/** `from january to march (of) 2001`: the year stands once. */
const monthInterval = (input: Input, at: number, opened: boolean): PeriodReading | undefined => {
  const start = opened ? at + 1 : at;
  const first = monthOf(word(input, start));
  const joiner = word(input, start + 1);
  if (first === undefined || !(/^(to|through|until|-)$/.test(joiner) || (opened && joiner === "and"))) return undefined;
  const second = simple(input, start + 2);
  if (second?.period.kind === "recurring" && second.period.part === "month") {
    const length = ((second.period.values[0]! - first + 12) % 12) + 1;
    return found(second.end, { kind: "recurring", part: "month", values: Array.from({ length }, (_, i) => ((first - 1 + i) % 12) + 1) });
  }
  return second?.period.kind === "range" && second.period.grain === "month" ? fromMonth(second, second.period, first) : undefined;
};

const fromMonth = (second: PeriodReading, period: Range, month: number): PeriodReading | undefined => {
  const from = dayOf(Number(period.from?.slice(0, 4)), month, 1);
  return from === undefined ? undefined : found(second.end, { kind: "range", from, to: period.to, grain: "month" });
};

/** `1980 or later`, `in 1975 and before`, `from 2005 onwards`: the named time and everything on one side of it. */
const openEnded = (input: Input, at: number): PeriodReading | undefined => {
  const start = neutral.has(word(input, at)) || word(input, at) === "from" ? at + 1 : at;
  const inner = simple(input, start);
  if (inner?.period.kind !== "range" || !/^(or|and)$/.test(word(input, inner.end))) return undefined;
  const side = /^(later|after|newer|onward|onwards|beyond|since)$/.test(word(input, inner.end + 1))
    ? "from"
    : /^(earlier|before|older|prior)$/.test(word(input, inner.end + 1))
      ? "until"
      : undefined;
  return side === undefined ? undefined : found(inner.end + 2, edge(inner.period, side));
};

/** A time with or without a preposition that says so. */
const plainPeriod = (input: Input, at: number): PeriodReading | undefined => {
  const start = neutral.has(word(input, at)) ? at + 1 : at;
  const plain = interval(input, start) ?? simple(input, start);
  return plain === undefined ? undefined : { ...plain, sure: plain.sure || (start > at && word(input, at) !== "of" && word(input, at) !== "at") };
};

/**
 * The period whose words start at a token, counted from `today` (a day, `YYYY-MM-DD`): absolute days, months, quarters,
 * half-years, years, decades, ISO weeks, relative ones, to-date, open and closed intervals, recurring months and weekdays.
 */
export const readPeriod = (tokens: readonly Token[], at: number, day: string): PeriodReading | undefined => {
  const input: Input = { tokens, today: isDay(day) ? day : "1970-01-01" };
  const stretch = interval(input, at) ?? openEnded(input, at);
  if (stretch !== undefined) return stretch;
  const open = opening(input, at);
  if (open !== undefined) {
    const inner = simple(input, open.next);
    if (inner?.period.kind === "range") return openRange(input, open.how, inner.end, inner.period, at);
    return undefined;
  }
  return plainPeriod(input, at);
};
