import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlanningCatalog } from "@rivergen/contracts";
import { harbourCatalog } from "./catalog.testkit.ts";
import { planQuestion } from "./plan-question.ts";

const [table] = harbourCatalog.tables;
const column = (name: string, type: string, distinctCount: number, values: readonly string[] = []) => ({
  ...table!.columns[0]!,
  name,
  type,
  distinctCount,
  values: values.map((value) => ({ value, count: 10 })),
  valuesComplete: values.length > 0,
});
const own = (name: string, rowCount: number, columns: PlanningCatalog["tables"][number]["columns"]): PlanningCatalog["tables"][number] => ({
  ...table!,
  name,
  title: name,
  synonyms: [],
  rowCount,
  primaryKey: null,
  columns,
});

/** Plays, what each station measured on each day, and dives whose rows are told apart by nothing. */
const catalog: PlanningCatalog = {
  tables: [
    own("plays", 400, [
      column("play_title", "string", 400, ["The Lamp", "Two Winters"]),
      column("style", "string", 3, ["farce", "tragedy", "mime"]),
      column("permit", "string", 3, ["Not Permitted", "K", "M"]),
      column("theatre", "string", 190, ["Imperial", "Old Barn", "Rosehall"]),
      column("takings", "integer", 380),
      column("premiere", "date", 300),
    ]),
    own("readings", 900, [
      column("station", "string", 2, ["Alm", "Brugg"]),
      column("day", "date", 450),
      column("water_temp_max", "double", 80),
      column("water_temp_min", "double", 80),
      column("sludge", "double", 90),
      column("sky", "string", 3, ["haze", "clear", "gale"]),
    ]),
    own("dives", 5000, [column("pier_name", "string", 12, ["Long Pier", "West Pier"]), column("noted_on", "date", 900), column("depth", "double", 60)]),
  ],
  keys: [],
};

const ask = (text: string) => planQuestion({ text, today: "2024-05-15", catalog, answers: [] });
const planOf = (text: string): string => {
  const answer = ask(text);
  assert.equal(answer.status, "planned", `${text}: ${answer.reason}`);
  return JSON.stringify(answer.document?.steps);
};
const isNotPlanned = (text: string): void => assert.notEqual(ask(text).status, "planned", `${text}: ${JSON.stringify(ask(text).document?.steps)}`);

test("a thing named by its value is what is chosen, not its extreme number", () => {
  const plan = planOf("which farce has the highest takings");
  assert.match(plan, /play_title/);
  assert.match(plan, /takings desc/);
});

test("not before a value denies it, though another value begins with not", () => {
  assert.match(planOf("plays not permitted K"), /permit (<>|!=) 'K'/);
  assert.match(planOf("plays that are not permitted"), /permit = 'Not Permitted'/);
});

test("the whole of a share is what stands before the verb, where and when it is", () => {
  const verb = planOf("what proportion of farces is in the imperial");
  assert.match(verb, /"filter":"\(?style = 'farce'/);
  const placed = planOf("percentage of haze days in brugg");
  assert.match(placed, /"filter":"\(?station = 'Brugg'/);
  assert.match(planOf("share of farces among plays in the imperial"), /"filter":"\(?theatre = 'Imperial'/);
  const timed = planOf("share of plays with takings above 500 in march 2024");
  assert.match(timed, /"filter":"[^"]*premiere >= date '2024-03-01'/);
});

test("the highest of what is called a maximum is one number", () => {
  assert.match(planOf("what was the highest water temperature in brugg"), /max\(water_temp_max\)/);
});

test("the worst of what one wants less of is the highest", () => {
  const answer = planQuestion({ text: "worst lateness at timber voyages", today: "2024-05-15", catalog: harbourCatalog, answers: [] });
  assert.doesNotMatch(JSON.stringify(answer.document?.steps ?? null), /min\(lateness/);
});

test("hotter is about the highs, colder about the lows", () => {
  assert.match(planOf("how many days were hotter than 20 degrees in brugg"), /water_temp_max > 20/);
  assert.match(planOf("how many days were colder than 3 degrees in brugg"), /water_temp_min < 3/);
});

test("records of a column are rows", () => {
  const plan = planOf("number of sludge records per station");
  assert.match(plan, /count\(\*\)/);
  assert.doesNotMatch(plan, /sum\(/);
});

test("a unit stands between a number and its column", () => {
  assert.match(planOf("readings with more than 50 mm of sludge"), /sludge > 50/);
});

test("a scale is a number by itself", () => {
  assert.match(planOf("plays with takings above a million"), /takings > 1000000/);
});

test("an adjective that no noun follows is the name of a maker", () => {
  assert.match(planOf("how many plays were shown by imperial"), /theatre = 'Imperial'/);
});

test("the first of a thing is its earliest", () => {
  assert.match(planOf("first play in the imperial"), /premiere/);
});

test("where after a thing describes it; rows that share their name are shown whole", () => {
  const plan = planOf("dives where depth is over 40");
  assert.match(plan, /noted_on/);
  assert.match(plan, /depth > 40/);
});

test("what has no effect in a plan is not passed over", () => {
  for (const text of [
    "do farces have takings above 500",
    "average takings in the last week of march 2024",
    "takings of two winters at the end of 2023",
    "how many theatres have more than one play",
    "how much haze was there in brugg",
    "best dive",
  ])
    isNotPlanned(text);
});
