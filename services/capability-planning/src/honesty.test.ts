import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlanningCatalog } from "@rivergen/contracts";
import { compileCatalog } from "./catalog/compile-catalog.ts";
import { harbourCatalog } from "./catalog.testkit.ts";
import { readDegree } from "./grammar/degree.ts";
import { fragmentsAt } from "./grammar/rules.ts";
import { parseQuestion } from "./grammar/parse.ts";
import { chartOf, planQuestion } from "./plan-question.ts";
import { rankReadings } from "./rank/rank-readings.ts";

const [template] = harbourCatalog.tables[0]!.columns;
const column = (name: string, type: string, distinctCount: number, values: readonly string[] = []) => ({
  ...template!,
  name,
  type,
  distinctCount,
  values: values.map((value) => ({ value, count: 10 })),
  valuesComplete: values.length > 0,
});

/** Shops and what they sell; sales name their shop by a number. */
const shopCatalog: PlanningCatalog = {
  tables: [
    {
      ...harbourCatalog.tables[0]!,
      name: "shops",
      title: "shops",
      synonyms: [],
      rowCount: 40,
      primaryKey: ["shop_id"],
      columns: [
        column("shop_id", "integer", 40),
        column("shop_name", "string", 40, ["Northgate", "Old Mill"]),
        column("last_audit", "string", 9),
        column("founded_by", "string", 12, ["Ida Brandt"]),
        column("critics_rating", "double", 30),
        column("guests_rating", "double", 30),
      ],
    },
    {
      ...harbourCatalog.tables[0]!,
      name: "sales",
      title: "sales",
      synonyms: [],
      rowCount: 1000,
      primaryKey: ["sale_id"],
      columns: [column("sale_id", "integer", 1000), column("shop", "integer", 40), column("item_num", "integer", 20), column("amount", "double", 700)],
    },
  ],
  keys: [{ from: { table: "sales", column: "shop" }, to: { table: "shops", column: "shop_id" }, coverage: 1 }],
};

const today = "2024-05-15";
const ask = (text: string, catalog = harbourCatalog) => planQuestion({ text, today, catalog, answers: [] });
const chart = (text: string, catalog = shopCatalog) => chartOf({ text, today, catalog, answers: [] });
const planOf = (text: string, catalog = harbourCatalog): string => JSON.stringify(ask(text, catalog).document?.steps ?? null);

test("what no row lacks is not looked for", () => {
  assert.doesNotMatch(planOf("voyages without cargo kind"), /is null/);
});

test("two limits that exclude one another are not asked of one row", () => {
  assert.equal(ask("voyages with a cargo weight above 40 and a cargo weight below 30").document, null);
  assert.notEqual(ask("voyages with a cargo weight above 30 and a cargo weight below 40").document, null);
});

test("a numbered reference is shown as the name it stands for, unless the number is asked for", () => {
  assert.match(planOf("total amount by shop", shopCatalog), /"shop_name":"shop_name"/);
  assert.doesNotMatch(planOf("total amount by shop id", shopCatalog), /shop_name/);
});

test("a number that repeats counts something, one that refers or hardly repeats is a key", () => {
  const columns = compileCatalog(shopCatalog).tables.get("sales")!.columns;
  assert.deepEqual(
    columns.filter(({ isKey }) => isKey).map(({ name }) => name),
    ["sale_id", "shop"],
  );
});

test("words of order are no short names of columns", () => {
  assert.deepEqual(
    chart("last shop").columns[0]!.filter(({ end }) => end === 1),
    [],
  );
  assert.notDeepEqual(
    chart("last audit").columns[0]!.filter(({ end }) => end === 2),
    [],
  );
});

test("a number beside what is worked out is no limit", () => {
  assert.equal(ask("combined lateness of all 50 voyages").document, null);
  assert.match(planOf("show 50 voyages"), /"limit":50/);
});

test("a superlative is not the text that is sought", () => {
  assert.ok(fragmentsAt(chart("shop name contains highest guests rating"), 0).every((fragment) => fragment.type !== "text"));
  assert.ok(fragmentsAt(chart("shop name contains mill"), 0).some((fragment) => fragment.type === "text"));
});

test("a name before the thing it names is read with it", () => {
  const named = fragmentsAt(chart("northgate shop"), 0).filter((fragment) => fragment.type === "value" && fragment.end === 2);
  assert.ok(named.length > 0);
});

test("a thing and the participle that describes it are no column", () => {
  assert.deepEqual(
    chart("shops founded by ida brandt").columns[0]!.filter(({ end }) => end === 2),
    [],
  );
});

test("a participle that a column is called by names the value's column", () => {
  assert.match(planOf("shops founded by ida brandt", shopCatalog), /founded_by = 'Ida Brandt'/);
  assert.doesNotMatch(planOf("shops founded by ida brandt", shopCatalog), /"founded_by":/);
});

test("hours are not compared with how many there are", () => {
  assert.doesNotMatch(planOf("how many voyages were more than 2 hours late"), /voyage_count >/);
});

test("a participle before what is counted is not what is counted", () => {
  assert.doesNotMatch(planOf("number of delayed voyages"), /sum\(/);
});

test("texts have no highest to compare with", () => {
  assert.doesNotMatch(planOf("cargo kind other than steel", harbourCatalog), /max_cargo_kind/);
});

test("an aggregate without a number is not left out", () => {
  assert.equal(ask("lateness difference between max and min for each cargo kind").document, null);
});

test("of all time is no time", () => {
  assert.deepEqual(
    chart("highest amount of all time")
      .tokens.map(({ lower }) => lower)
      .includes("time"),
    false,
  );
});

test("days of a column that holds times are days", () => {
  const [voyages, ...others] = harbourCatalog.tables;
  const timed = {
    ...harbourCatalog,
    tables: [
      { ...voyages!, columns: voyages!.columns.map((item) => (item.name === "departed_on" ? { ...item, name: "date", type: "timestamp" } : item)) },
      ...others,
    ],
  };
  assert.match(planOf("busiest day in march 2024", timed), /cast\(\W*date\W* as date\)/);
});

test("an adverb measures what its adjective does", () => {
  assert.equal(readDegree(chart("most recently departed voyage", harbourCatalog), 0)?.base, "recent");
  assert.equal(readDegree(chart("most costly claim", harbourCatalog), 0)?.base, "costly");
});

test("a column said apart from its superlative settles which is ranked by", () => {
  assert.match(planOf("highest rated shop on guests rating", shopCatalog), /guests_rating desc/);
});

test("all that share the first place of another table count", () => {
  const asked = chart("how many sales in the shop with the highest guests rating");
  const [best] = rankReadings(asked, parseQuestion(asked, 24), new Map());
  assert.match(JSON.stringify(best?.written.document.steps), /rank\(\).*"type":"semi"/);
});

test("a question for a time is not answered without one", () => {
  assert.equal(ask("when were claims paid").document, null);
});

test("a question is not answered when the plan does nothing with a thing it names", () => {
  assert.equal(ask("average lateness of voyages by cargo kind and harbours berths claims").document, null);
});
