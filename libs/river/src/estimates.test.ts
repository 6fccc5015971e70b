import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import type { ColumnStatistics } from "@rivergen/relational";
import type { Dataset, Datasets } from "./catalog.ts";
import type { CompiledRiver } from "./compile.ts";
import { compileRiver } from "./compile.ts";
import { sourceViewName } from "./views.ts";

/** Tables whose shapes are those of real ones: keys, skewed groups, empty values, a fact table and its dimensions. */
const tables: Readonly<Record<string, string>> = {
  shops: "SELECT i AS shop, 'city ' || (i % 12) AS city, i % 3 = 0 AS open FROM range(60) t(i)",
  orders: `SELECT i AS id, i % 60 AS shop, CASE WHEN i % 10 < 7 THEN 'paid' WHEN i % 10 < 9 THEN 'open' ELSE 'lost' END AS status,
    CASE WHEN i % 8 = 0 THEN NULL ELSE CAST((i * 37) % 1000 AS DECIMAL(9, 2)) END AS amount, DATE '2024-01-01' + CAST((i * 11) % 366 AS INTEGER) AS day FROM range(6000) t(i)`,
  visits: "SELECT i AS visit, (i * 7) % 60 AS shop, CASE WHEN i % 4 = 0 THEN 'phone' ELSE 'web' END AS via FROM range(900) t(i)",
  // One value has half the rows on each side: an even spread would say far too little.
  left_words: "SELECT i AS a, CASE WHEN i % 2 = 0 THEN 'the' ELSE 'word ' || (i % 40) END AS word FROM range(400) t(i)",
  right_words: "SELECT i AS b, CASE WHEN i % 2 = 0 THEN 'the' ELSE 'word ' || (i % 30) END AS word FROM range(300) t(i)",
};

let connection: DuckDBConnection;
const datasets: Record<string, Dataset> = {};

const all = async (sql: string): Promise<Record<string, unknown>[]> => (await connection.runAndReadAll(sql)).getRowObjectsJson();

const axes: Readonly<Record<string, string>> = { BIGINT: "#", "DECIMAL(9,2)": "#", DATE: "epoch(#)" };
const names: Readonly<Record<string, string>> = { BIGINT: "integer", "DECIMAL(9,2)": "decimal(9,2)", DATE: "date", VARCHAR: "string", BOOLEAN: "boolean" };

async function describeColumn(table: string, column: string, type: string): Promise<ColumnStatistics> {
  const [facts] = await all(
    `SELECT count(*) - count(${column}) AS nulls, count(DISTINCT ${column}) AS values, CAST(min(${column}) AS VARCHAR) AS low, CAST(max(${column}) AS VARCHAR) AS high FROM ${table}`,
  );
  const top = await all(
    `SELECT CAST(${column} AS VARCHAR) AS value, count(*) AS count FROM ${table} WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20`,
  );
  const axis = axes[type]?.replace("#", column);
  const bins = axis
    ? await all(
        `WITH s AS (SELECT CAST(${axis} AS DOUBLE) AS x, min(x) OVER () AS low, (max(x) OVER () - min(x) OVER ()) / 20 AS width FROM ${table} WHERE ${column} IS NOT NULL)
         SELECT low + least(19, floor((x - low) / width)) * width AS low, width, count(*) AS count FROM s GROUP BY ALL ORDER BY 1`,
      )
    : [];
  const bound = (value: number): string | number => (type === "DATE" ? new Date(value * 1000).toISOString() : value);
  return {
    name: column,
    nullCount: Number(facts?.["nulls"]),
    distinctCount: Number(facts?.["values"]),
    distinctIsExact: true,
    min: facts?.["low"] as string,
    max: facts?.["high"] as string,
    topValues: top.map(({ value, count }) => ({ value: value as string, count: Number(count) })),
    histogram: axis ? bins.map(({ low, width, count }) => ({ low: bound(Number(low)), high: bound(Number(low) + Number(width)), count: Number(count) })) : null,
  };
}

before(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const [name, sql] of Object.entries(tables)) {
    await connection.run(`CREATE TABLE ${name} AS ${sql}`);
    await connection.run(`CREATE VIEW ${sourceViewName(name)} AS SELECT * FROM ${name}`);
    const described = await all(`DESCRIBE ${name}`);
    const columns = described.map((column) => ({ name: String(column["column_name"]), native: String(column["column_type"]) }));
    const [size] = await all(`SELECT count(*) AS rows FROM ${name}`);
    const profiled: ColumnStatistics[] = [];
    for (const { name: column, native } of columns) profiled.push(await describeColumn(name, column, native));
    datasets[name] = {
      id: `dst_${name}`,
      version: 1,
      rowCount: Number(size?.["rows"]),
      profile: { columns: profiled },
      columns: columns.map(({ name: column, native }) => ({ name: column, type: names[native] ?? "string", nullable: true, labels: [] })),
    };
  }
});
after(() => connection.closeSync());

function compile(steps: Record<string, unknown>, from: string, known: Datasets = datasets): CompiledRiver {
  const sources = Object.fromEntries(Object.keys(tables).map((name) => [name, { dataset: name }]));
  const compiled = compileRiver(
    { apiVersion: "rivergen.dev/v1", river: "tried", sources, steps, outputs: { answer: { from } } },
    { datasets: known, now: "2024-06-01T00:00:00Z", seed: "0" },
  );
  assert.deepEqual(compiled.errors, []);
  return compiled;
}

/** What was expected of a step's rows, what it stood on, and how many there are. */
async function compare(step: object, known?: Datasets): Promise<{ estimate: number | undefined; basis: string | undefined; truth: number }> {
  const compiled = compile({ tried: step }, "tried", known);
  const [row] = await all(`SELECT count(*) AS rows FROM (${compiled.stages[0]?.sql ?? ""})`);
  const estimate = compiled.steps[0]?.estimate;
  return { estimate: estimate?.rows, basis: estimate?.basis, truth: Number(row?.["rows"]) };
}

const orders = (...operators: object[]): object => ({ from: "orders", do: operators });

/** Each with the factor that estimate and truth may differ by. */
const cases: readonly (readonly [what: string, step: object, factor: number])[] = [
  ["a whole table", { from: "orders", select: ["id"] }, 1],
  ["a frequent value", orders({ filter: "status = 'paid'" }), 1],
  ["all but a value", orders({ filter: "status <> 'paid'" }), 1],
  ["a list of values", orders({ filter: "status in ('open', 'lost')" }), 1],
  ["a value that is not there", orders({ filter: "status = 'sent'" }), 1],
  ["a rare value", orders({ filter: "shop = 41" }), 1.1],
  ["a key", orders({ filter: "id = 17" }), 1],
  ["no value", orders({ filter: "amount is null" }), 1],
  ["some value", orders({ dropNulls: ["amount"] }), 1],
  ["a range of numbers", orders({ filter: "amount < 250" }), 1.1],
  ["a range from both sides", orders({ filter: "amount >= 200 and amount < 400" }), 1.1],
  ["between", orders({ filter: "amount between 100 and 300" }), 1.1],
  ["a range of days", orders({ filter: "day >= date '2024-07-01' and day < date '2024-08-01'" }), 1.1],
  ["a month", orders({ filter: "month(day) = 7" }), 1.1],
  ["a pattern of few values", orders({ filter: "status like '%p%'" }), 1],
  ["either of two", orders({ filter: "status = 'lost' or shop = 3" }), 1.1],
  ["two columns that go their own ways", orders({ filter: "status = 'paid'" }, { filter: "amount < 500" }), 1.15],
  ["groups", orders({ aggregate: { by: ["shop"], values: { n: "count(*)" } } }), 1],
  ["groups by two columns", orders({ aggregate: { by: ["status", "shop"], values: { n: "count(*)" } } }), 3],
  ["groups by month", orders({ aggregate: { by: { m: "date_trunc('month', day)" }, values: { n: "count(*)" } } }), 1.1],
  ["no groups", orders({ aggregate: { values: { n: "count(*)" } } }), 1],
  ["few rows in many groups", orders({ filter: "id < 30" }, { aggregate: { by: ["shop"], values: { n: "count(*)" } } }), 1.5],
  ["the first rows", orders({ orderBy: ["id"] }, { limit: 5 }), 1],
  ["rows after the last", orders({ orderBy: ["id"] }, { limit: { rows: 5, offset: 5_998 } }), 1],
  ["the first of each group", orders({ limit: { rows: 2, by: ["shop"], orderBy: ["id"] } }), 1],
  ["one of each value", orders({ dedupe: { by: ["shop"], keep: "any" } }), 1],
  ["a join to a key", orders({ join: { to: "shops", using: ["shop"] } }), 1],
  ["a join to a filtered key", { from: "orders", do: [{ join: { to: "shops", using: ["shop"] } }, { filter: "open" }] }, 1.1],
  [
    "a join with a condition beside the key",
    orders({ join: { to: "shops", where: "shop = shops.shop and shops.city = 'city 3'", type: "inner", columns: { city: "shops.city" } } }),
    1.5,
  ],
  ["many to many", orders({ join: { to: "visits", using: ["shop"] } }), 1],
  ["many to many with one frequent value", { from: "left_words", join: { to: "right_words", using: ["word"] } }, 1.2],
  ["rows with a partner", { from: "shops", join: { to: "visits", using: ["shop"], type: "semi" } }, 1],
  ["rows without", orders({ join: { to: "shops", using: ["shop"], type: "anti" } }), 1],
  ["all pairs", { from: "shops", join: { to: "visits", as: "v", type: "cross" } }, 1],
  ["one below the other", { from: "orders", do: [{ select: ["shop"] }, { union: { with: ["visits"], fillMissing: true } }] }, 1],
];

describe("estimates and truth", () => {
  for (const [what, step, factor] of cases) {
    test(`${what} within a factor of ${factor}`, async () => {
      const { estimate, basis, truth } = await compare(step);
      assert.ok(estimate !== undefined && basis !== "assumed", `expected ${estimate} (${basis})`);
      const off = truth === 0 || estimate === 0 ? (truth === estimate ? 1 : Number.POSITIVE_INFINITY) : Math.max(truth / estimate, estimate / truth);
      assert.ok(off <= factor + 1e-9, `expected ${estimate}, and there are ${truth}`);
    });
  }
});

describe("what an estimate stands on", () => {
  test("rows that were counted, the profile, or an assumption", async () => {
    const basisOf = async (step: object): Promise<unknown> => (await compare(step)).basis;
    assert.deepEqual(
      [
        await basisOf({ from: "orders", select: ["id"] }),
        await basisOf(orders({ filter: "status = 'paid'" })),
        await basisOf(orders({ filter: "shop * 2 > amount" })),
        await basisOf(orders({ aggregate: { by: ["shop"], values: { n: "count(*)" }, having: "n > 90" } })),
      ],
      ["counted", "profile", "assumed", "assumed"],
    );
  });

  test("without a profile rows are still counted, and groups are not guessed", async () => {
    const bare = Object.fromEntries(Object.entries(datasets).map(([name, { profile: _, ...dataset }]) => [name, dataset]));
    assert.deepEqual(await compare({ from: "orders", select: ["id"] }, bare), { estimate: 6_000, basis: "counted", truth: 6_000 });
    assert.equal((await compare(orders({ aggregate: { by: ["shop"], values: { n: "count(*)" } } }), bare)).estimate, undefined);
    assert.equal((await compare(orders({ join: { to: "visits", using: ["shop"] } }), bare)).estimate, undefined);
  });

  test("a later step stands on what an output wrote", () => {
    const compiled = compile({ paid: orders({ filter: "status = 'paid'" }), few: { from: "paid", limit: 9_000 } }, "few");
    assert.deepEqual(
      compiled.steps.map(({ estimate }) => estimate?.rows),
      [4_200, 4_200],
    );
  });
});

describe("joins that multiply", () => {
  const warningsOf = (step: object): string[] =>
    compile({ tried: step }, "tried")
      .warnings.filter(({ code }) => code === "MANY_TO_MANY")
      .map(({ path, message }) => `${path} ${message}`);

  test("many to many is told, with its columns and rows in and out", () => {
    assert.deepEqual(warningsOf(orders({ filter: "id >= 0" }, { join: { to: "visits", using: ["shop"] } })), [
      "/steps/tried/do/1/join rows repeat shop on both sides (100 on the left and 15 on the right on average), so sums and counts after it may count a row many times: about 6,000 rows joined with 900 give 90,000 (15 for each on the left); aggregate or dedupe one side first if that is not meant",
    ]);
  });

  test("a condition that compares nothing, and a cross join, are told too", () => {
    assert.match(
      warningsOf({ from: "shops", join: { to: "visits", as: "v", where: "shop < v.shop" } })[0] ?? "",
      /^\/steps\/tried\/join nothing keeps a row .* 60 rows joined with 900 give/,
    );
    assert.match(warningsOf({ from: "shops", join: { to: "visits", as: "v", type: "cross" } })[0] ?? "", /give 54,000/);
  });

  test("a key on either side, a test of presence, one row per value: no word of it", () => {
    const quiet: object[] = [
      orders({ join: { to: "shops", using: ["shop"] } }),
      { from: "shops", join: { to: "orders", using: ["shop"] } },
      { from: "shops", do: [{ filter: "open" }, { join: { to: "orders", using: ["shop"] } }] },
      orders({ join: { to: "visits", using: ["shop"], type: "semi" } }),
      orders({ aggregate: { by: ["shop"], values: { n: "count(*)" } } }, { join: { to: "visits", using: ["shop"] } }),
      orders({ dedupe: { by: ["shop"], keep: "any" } }, { join: { to: "visits", using: ["shop"] } }),
      orders({ aggregate: { values: { n: "count(*)" } } }, { join: { to: "visits", type: "cross" } }),
    ];
    assert.deepEqual(
      quiet.map(warningsOf),
      quiet.map(() => []),
    );
  });
});
