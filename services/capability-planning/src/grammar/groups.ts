import { roleWords } from "@rivergen/words";
import { splitName } from "../catalog/natural-name.ts";
import type { ColumnMention, EntityMention, Fragment, GrainName, Grouping } from "../lattice/types.ts";
import { lemmaAt, longestPhrase, mentionScore, phraseEnd, wordAt } from "./chart.ts";
import type { Chart } from "./chart.ts";

const openings: Readonly<Record<string, "by" | "each">> = {
  by: "by",
  per: "each",
  each: "each",
  every: "each",
  "for each": "each",
  "for every": "each",
  "in each": "each",
  "in every": "each",
  "of each": "each",
  "of every": "each",
  "from each": "each",
  "from every": "each",
  "within each": "each",
  "grouped by": "by",
  "group by": "by",
  "broken down by": "by",
  "split by": "by",
  "divided by": "by",
  across: "by",
  "by each": "each",
  "by every": "each",
  "at each": "each",
  "at every": "each",
  "on each": "each",
  "on every": "each",
  "with each": "each",
  "to each": "each",
  "breakdown by": "by",
  "separated by": "by",
  "segmented by": "by",
  "for different": "by",
  "across different": "by",
  "in different": "by",
  "aggregated by": "by",
  "categorized by": "by",
  "depending on": "by",
  "by different": "by",
};
const adverbs: Readonly<Record<string, GrainName>> = {
  monthly: "month",
  yearly: "year",
  annual: "year",
  annually: "year",
  daily: "day",
  weekly: "week",
  quarterly: "quarter",
  hourly: "hour",
};
const stretches: Readonly<Record<string, GrainName>> = {
  "over years": "year",
  "over months": "month",
  "over weeks": "week",
  "over days": "day",
  "year by year": "year",
  "month by month": "month",
  "week by week": "week",
  "day by day": "day",
};
const grains: Readonly<Record<string, GrainName>> = {
  year: "year",
  month: "month",
  quarter: "quarter",
  week: "week",
  day: "day",
  date: "day",
  weekday: "weekday",
  hour: "hour",
  decade: "decade",
  minute: "minute",
};

interface GroupList {
  readonly by: readonly Grouping[];
  readonly end: number;
  readonly score: number;
}
interface One {
  readonly grouping: Grouping;
  readonly end: number;
  readonly score: number;
}

/** A unit of time as a way to group: "month", "day of week", "calendar year", "hour of the day", "month of the year". */
export const readGrain = (chart: Chart, at: number): { grain: GrainName; end: number } | undefined => {
  const start = /^(calendar|fiscal|release|iso|model)$/.test(wordAt(chart, at)) && grains[lemmaAt(chart, at + 1)] !== undefined ? at + 1 : at;
  const grain = grains[lemmaAt(chart, start)];
  if (grain === undefined) return undefined;
  const of = longestPhrase(chart, start, {
    "day of week": "weekday",
    "days of week": "weekday",
    "hour of day": "hour",
    "month of year": "monthName",
    "day of month": "day",
  } as const);
  return of === undefined ? { grain, end: start + 1 } : { grain: of.value, end: of.end };
};

/** "per cylinder count": the number is already a count. */
const countedEnd = (chart: Chart, mention: ColumnMention | EntityMention): number =>
  mention.kind === "column" && lemmaAt(chart, mention.end) === "count" ? mention.end + 1 : mention.end;

const singles = (chart: Chart, start: number): One[] => {
  const counted = phraseEnd(chart, start, "number of");
  const at = counted > 0 && (chart.columns[counted] ?? []).length > 0 ? counted : start;
  const grain = readGrain(chart, at);
  const timed: One[] =
    grain === undefined || lemmaAt(chart, at) === "date"
      ? []
      : [{ grouping: { kind: "grain", grain: grain.grain, start: at, end: grain.end }, end: grain.end, score: 0.97 * (grain.end - at) }];
  const mentions: readonly (ColumnMention | EntityMention)[] = [...(chart.columns[at] ?? []), ...(chart.entities[at] ?? [])];
  return [
    ...timed,
    ...mentions.map((mention) => ({
      grouping: mention,
      end: countedEnd(chart, mention),
      score: mentionScore(mention) + 0.9 * (at - start + countedEnd(chart, mention) - mention.end) - (mention.kind === "entity" ? 0.04 : 0),
    })),
  ];
};

const extend = (chart: Chart, list: GroupList): GroupList[] => {
  const joined = wordAt(chart, list.end) === "," && wordAt(chart, list.end + 1) === "and" ? 2 : /^(and|,|&)$/.test(wordAt(chart, list.end)) ? 1 : 0;
  if (joined === 0 || list.by.length >= 4) return [];
  const opened = longestPhrase(chart, list.end + joined, openings)?.end ?? list.end + joined;
  return singles(chart, opened).map((one) => ({ by: [...list.by, one.grouping], end: one.end, score: list.score + one.score + 0.2 }));
};

/** Groupings that start at a place: "by genre and year", "per month", "monthly". */
export const readGroupings = (chart: Chart, at: number, eachOnly = false): GroupList[] => {
  const stretch = longestPhrase(chart, at, stretches);
  if (stretch !== undefined) return [{ by: [{ kind: "grain", grain: stretch.value, start: at, end: stretch.end }], end: stretch.end, score: stretch.end - at }];
  const adverb = adverbs[wordAt(chart, at)];
  if (adverb !== undefined) return [{ by: [{ kind: "grain", grain: adverb, start: at, end: at + 1 }], end: at + 1, score: 1 }];
  const opened = longestPhrase(chart, at, openings);
  if (opened === undefined || (eachOnly && opened.value === "by" && wordAt(chart, at) !== "by")) return [];
  let lists: GroupList[] = singles(chart, opened.end).map((one) => ({ by: [one.grouping], end: one.end, score: one.score + 0.5 * (opened.end - at) }));
  const all = [...lists];
  for (let round = 0; round < 3 && lists.length > 0; round++) {
    lists = lists.flatMap((list) => extend(chart, list));
    all.push(...lists);
  }
  return all;
};

/** "which month", "the year with the most flights": a unit of time is what is asked for. */
const targetGrain = (chart: Chart, at: number): Fragment[] => {
  const grain = readGrain(chart, at);
  return grain === undefined || lemmaAt(chart, at) === "date" || lemmaAt(chart, at) === "minute"
    ? []
    : [
        {
          type: "group",
          start: at,
          end: grain.end,
          score: 0.93 * (grain.end - at),
          by: [{ kind: "grain", grain: grain.grain, start: at, end: grain.end }],
          each: false,
          target: true,
        },
      ];
};

/** A "route" is where a row starts together with where it goes. */
const readRoute = (chart: Chart, at: number): readonly ColumnMention[] | undefined => {
  if (!/^(route|connection|leg|itinerary)$/.test(lemmaAt(chart, at)) || (chart.columns[at] ?? []).some((mention) => mentionScore(mention) >= 0.9))
    return undefined;
  const ends = [...chart.catalog.tables.values()].flatMap((table) => {
    const sides = (["source", "target"] as const).map((side) =>
      table.columns.filter((column) => splitName(column.name).some((word) => roleWords[side].has(word))),
    );
    return sides.every((columns) => columns.length === 1) ? [sides.map(([column]) => ({ table: table.name, column: column!.name, score: 0.9 }))] : [];
  });
  const mention = (side: number): ColumnMention => ({ kind: "column", start: at, end: at + 1, candidates: ends.map((pair) => pair[side]!) });
  return ends.length === 0 ? undefined : [mention(0), mention(1)];
};

const routes = (chart: Chart, at: number): Fragment[] => {
  const opened = longestPhrase(chart, at, openings);
  const by = readRoute(chart, opened?.end ?? at);
  if (by === undefined) return [];
  const end = (opened?.end ?? at) + 1;
  return [
    {
      type: "group",
      start: at,
      end,
      score: 0.9 * (end - at),
      by,
      each: opened !== undefined && opened.value === "each",
      ...(opened === undefined ? { target: true } : {}),
    },
  ];
};

const dividing =
  /^(grouped|group|broken|down|split|divided|breakdown|separated|segmented|aggregated|categorized|sorted|ordered|ranked|sort|order|rank|compared|counted|listed|summed|averaged|arranged)$/;

/** "matches won by the visitors": after a verb in the passive `by` says who did it. */
const namesDoer = (chart: Chart, at: number): boolean => {
  const [verb, thing] = [wordAt(chart, at - 1), at - 2];
  return (
    wordAt(chart, at) === "by" &&
    /(ed|en|wn|won|ught|made|built|held|led|paid|sold|hit|sung)$/.test(verb) &&
    !dividing.test(verb) &&
    chart.lexicon.isVerb(verb) &&
    (chart.entities[thing] ?? []).some(({ end }) => end === at - 1)
  );
};

export const groupRules = (chart: Chart, at: number): Fragment[] => [...openedGroups(chart, at), ...targetGrain(chart, at), ...routes(chart, at)];

const openedGroups = (chart: Chart, at: number): Fragment[] => {
  const opened = longestPhrase(chart, at, openings);
  if (namesDoer(chart, at)) return [];
  return readGroupings(chart, at).map((list) => ({ type: "group", start: at, end: list.end, score: list.score, by: list.by, each: opened?.value !== "by" }));
};
