import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createBench } from "./intake.testkit.ts";
import type { Bench } from "./intake.testkit.ts";
import { nameEvidence, wordsOf } from "./key-names.ts";
import { keys } from "./keys.ts";
import type { KeysOutput, KeyTable } from "./keys.ts";

let bench: Bench;
let folder: string;
before(async () => {
  bench = await createBench();
  folder = await mkdtemp(join(tmpdir(), "keys-"));
});
after(async () => {
  await bench.close();
  await rm(folder, { recursive: true, force: true });
});

let count = 0;
async function find(tables: Record<string, string>): Promise<KeysOutput & { links: string[] }> {
  const known: KeyTable[] = [];
  for (const [name, content] of Object.entries(tables)) {
    const output = await bench.ready(content);
    const file = `${name}-${(count += 1)}.parquet`;
    await copyFile(join(bench.folder().out, output.parquet), join(folder, file));
    known.push({ name, file, rowCount: output.rowCount, columns: output.profile.columns });
  }
  const context = {
    connection: bench.connection,
    folder: { in: folder, out: folder, tmp: folder },
    progress: () => undefined,
    connect: () => Promise.resolve(bench.connection),
    requestInputs: () => Promise.resolve([]),
  };
  const found = await keys.run(context, { tables: known });
  return { ...found, links: found.keys.map(({ from, to }) => `${from.table}.${from.column} → ${to.table}.${to.column}`).toSorted() };
}

const table = (header: string, rows: readonly string[]): string => `${header}\n${rows.join("\n")}\n`;
const times = (length: number, row: (index: number) => string): string[] => Array.from({ length }, (_, index) => row(index));
const code = (index: number): string => `${String.fromCharCode(65 + (index % 26))}${String.fromCharCode(65 + ((index * 7) % 26))}X`;

describe("keys", () => {
  test("codes are matched by their values, in every role", async () => {
    const airports = table(
      "iata,name",
      times(26, (index) => `${code(index)},Airport ${index}`),
    );
    const flights = table(
      "origin,destination,delay",
      times(200, (index) => `${code(index)},${code(index + 5)},${index}`),
    );
    const found = await find({ airports, flights });
    assert.deepEqual(found.primaryKeys["airports"], ["iata"]);
    assert.deepEqual(found.links, ["flights.destination → airports.iata", "flights.origin → airports.iata"]);
    assert.deepEqual(
      found.keys.map((key) => key.coverage),
      [1, 1],
    );
  });

  test("whole numbers need a name", async () => {
    const customers = table(
      "id,name",
      times(50, (index) => `${index + 1},Customer number ${index}`),
    );
    const orders = table(
      "id,customer_id,quantity,billing_customer_id",
      times(80, (index) => `${index + 1},${(index % 50) + 1},${(index % 9) + 1},${((index * 3) % 50) + 1}`),
    );
    const found = await find({ customers, orders });
    assert.deepEqual(found.primaryKeys, { customers: ["id"], orders: ["id"] });
    assert.deepEqual(found.links, ["orders.billing_customer_id → customers.id", "orders.customer_id → customers.id"]);
  });

  test("orphans lower the coverage", async () => {
    const customers = table(
      "customer_id,name",
      times(10, (index) => `${index + 1},n${index}`),
    );
    const orders = table(
      "order_id,customer_id",
      times(40, (index) => `${index + 100},${(index % 20) + 1}`),
    );
    const found = await find({ customers, orders });
    assert.deepEqual(
      found.keys.map((key) => key.coverage),
      [0.5],
    );
  });

  test("a table between two others is keyed by both", async () => {
    const found = await find({
      students: table(
        "student_id,name",
        times(6, (index) => `${index + 1},s${index}`),
      ),
      courses: table(
        "course_id,title",
        times(5, (index) => `${index + 1},c${index}`),
      ),
      enrolments: table(
        "student_id,course_id,grade",
        times(30, (index) => `${(index % 6) + 1},${Math.floor(index / 6) + 1},${index % 4}`),
      ),
    });
    assert.deepEqual(found.primaryKeys["enrolments"], ["student_id", "course_id"]);
    assert.deepEqual(found.links, ["enrolments.course_id → courses.course_id", "enrolments.student_id → students.student_id"]);
  });

  test("a parent in the same table", async () => {
    const found = await find({
      staff: table(
        "id,name,manager_id",
        times(9, (index) => `${index + 1},n${index},${index === 0 ? "" : Math.ceil(index / 3)}`),
      ),
    });
    assert.deepEqual(found.links, ["staff.manager_id → staff.id"]);
  });

  test("two tables that only both have an id and a name are strangers", async () => {
    const found = await find({
      cars: table(
        "id,colour",
        times(9, (index) => `${index + 1},c${index}`),
      ),
      houses: table(
        "id,street",
        times(9, (index) => `${index + 1},s${index}`),
      ),
    });
    assert.deepEqual(found.links, []);
  });
});

test("names are split into words", () => {
  assert.deepEqual(wordsOf("billingCustomerIDs"), ["billing", "customer", "id"]);
  assert.deepEqual(wordsOf("customerid"), ["customer", "id"]);
  assert.deepEqual(wordsOf("Order Countries"), ["order", "country"]);
});

test("names point at tables", () => {
  const points = (from: string, to: string): number => {
    const [table = "", column = ""] = from.split(".");
    const [otherTable = "", otherColumn = ""] = to.split(".");
    return nameEvidence({ table, column }, { table: otherTable, column: otherColumn });
  };
  assert.equal(points("orders.customer_id", "customers.id"), 1);
  assert.equal(points("orders.customer_id", "customers.customer_id"), 1);
  assert.equal(points("orders.id", "customers.id"), 0);
  assert.equal(points("orders.customer", "customers.id"), 0.8);
  assert.equal(points("orders.quantity", "customers.id"), 0);
  assert.equal(points("revenue.orders", "orders.order_id"), 0, "a count of rows names none of them");
});
