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

const request = (text: string, catalog: PlanningCatalog): Parameters<typeof planQuestion>[0] => ({ text, today: "2024-05-10", catalog, answers: [] });

const documentOf = (text: string, catalog: PlanningCatalog): string => JSON.stringify(planQuestion(request(text, catalog)).document);

test("an adjective before first says by what rows are sorted, or the question is not answered", () => {
  assert.match(documentOf("voyages, newest first", harbourCatalog), /departed_on desc/);
  assert.match(documentOf("voyages, heaviest first", harbourCatalog), /cargo_weight_tons desc/);
  assert.equal(planQuestion(request("harbours, cheapest first", harbourCatalog)).status, "unanswerable");
});

test("a number that follows a superlative says how many", () => {
  assert.match(documentOf("cargo kinds with the most voyages, top 2", harbourCatalog), /"limit":2/);
});

test("both ends of a number are worked out", () => {
  const document = documentOf("lowest and highest lateness per cargo kind", harbourCatalog);
  assert.match(document, /min\(lateness_min\)/);
  assert.match(document, /max\(lateness_min\)/);
});

test("things without a partner have none along any key, or none along the one that is said", () => {
  const any = documentOf("harbours without any voyages", harbourCatalog);
  assert.match(any, /voyages\.origin_code/);
  assert.match(any, /voyages\.destination_code/);
  const arriving = documentOf("harbours with no arriving voyages", harbourCatalog);
  assert.doesNotMatch(arriving, /voyages\.origin_code/);
});

test("an unknown noun that is to be counted is missing", () => {
  const answer = planQuestion(request("number of wins per cargo kind", harbourCatalog));
  assert.equal(answer.status, "unanswerable");
  assert.deepEqual(answer.unused, ["wins"]);
});

/** Boats of a hire: names begin with the maker; a tally per make and year stands beside them. */
const boatCatalog: PlanningCatalog = {
  tables: [
    {
      ...harbourCatalog.tables[0]!,
      name: "boats",
      title: "boats",
      synonyms: [],
      rowCount: 200,
      primaryKey: null,
      columns: [
        column("boat", "string", 190, ["zefir 20", "zefir 24", "zefir cruiser", "lumo one"]),
        column("hull_mass_kg", "double", 90),
        column("safety_rating", "string", 3, ["A", "BB", "C"]),
        column("berth", "string", 4, ["north", "south", "east", "quay"]),
        column("kind", "string", 3, ["sail", "motor", "electric"]),
      ],
    },
    {
      ...harbourCatalog.tables[0]!,
      name: "crews",
      title: "crews",
      synonyms: [],
      rowCount: 60,
      primaryKey: null,
      columns: [column("trade", "string", 6, ["Rigger", "Cook"]), column("year", "integer", 10), column("count", "integer", 50)],
    },
    {
      ...harbourCatalog.tables[0]!,
      name: "berth_load",
      title: "berth_load",
      synonyms: [],
      rowCount: 4,
      primaryKey: null,
      columns: [column("berth", "string", 4, ["north", "south", "east", "quay"]), column("boats", "integer", 4)],
    },
  ],
  keys: [],
};

test("values that begin alike are found by their first word", () => {
  assert.match(documentOf("how many zefirs are there", boatCatalog), /like 'zefir%'/);
});

test("a verb says which column has the value", () => {
  assert.match(documentOf("boats rated BB", boatCatalog), /safety_rating = 'BB'/);
});

test("a weight is compared in the unit of the column", () => {
  assert.match(documentOf("boats heavier than 2000 lbs", boatCatalog), /hull_mass_kg > 907/);
});

test("where rows are tallies the tallies are added up", () => {
  assert.match(documentOf("how many riggers were there in 1900", boatCatalog), /sum\(/);
});

test("tables that were worked out from others answer only when they are named", () => {
  assert.match(documentOf("number of boats by berth", boatCatalog), /count\(\*\)/);
  assert.match(documentOf("show berth load", boatCatalog), /berth_load/);
});

test("absence among rows of one table is judged over all of them", () => {
  assert.match(documentOf("berths with no electric boats", boatCatalog), /"type":"anti"/);
});

test("a range gives both ends", () => {
  const document = documentOf("range of hull mass of sail boats", boatCatalog);
  assert.match(document, /min\(hull_mass_kg\)/);
  assert.match(document, /max\(hull_mass_kg\)/);
});

test("the description of the river is the question as it was asked", () => {
  assert.equal(planQuestion(request("number of the voyages, please", harbourCatalog)).document?.description, "number of the voyages, please");
});
