import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chooseCharts, findState } from "./choose-chart.ts";

const columns = (...list: [string, string][]) => list.map(([name, type]) => ({ name, type }));
const kinds = (...given: Parameters<typeof chooseCharts>): string[] => chooseCharts(...given).map(({ kind }) => kind);

describe("the chart of a result", () => {
  test("one number is shown as it is", () => {
    assert.deepEqual(kinds(columns(["count", "bigint"]), [{ count: 3 }])[0], "number");
  });

  test("values over time are a line, by series where a text column has few values", () => {
    const rows = ["a", "b"].flatMap((shop) => ["2024-01-01", "2024-02-01"].map((month) => ({ month, shop, sales: 1 })));
    const [first] = chooseCharts(columns(["month", "date"], ["shop", "string"], ["sales", "double"]), rows);
    assert.deepEqual(first, { kind: "line", x: "month", y: ["sales"], series: "shop" });
  });

  test("values by name are bars", () => {
    const rows = [
      { carrier: "AA", delay: 3 },
      { carrier: "UA", delay: 5 },
    ];
    assert.deepEqual(chooseCharts(columns(["carrier", "string"], ["delay", "double"]), rows)[0], { kind: "bar", x: "carrier", y: ["delay"], series: null });
  });

  test("states and coordinates are maps", () => {
    const states = [
      { state: "CA", delay: 1 },
      { state: "NY", delay: 2 },
    ];
    assert.equal(kinds(columns(["state", "string"], ["delay", "double"]), states)[0], "states");
    const places = [
      { name: "a", latitude: 1, longitude: 2 },
      { name: "b", latitude: 3, longitude: 4 },
    ];
    assert.equal(kinds(columns(["name", "string"], ["latitude", "double"], ["longitude", "double"]), places)[0], "points");
  });

  test("a repeated time without series is no line: it would zigzag", () => {
    const rows = [
      { day: "2024-01-01", x: 1 },
      { day: "2024-01-01", x: 2 },
      { day: "2024-01-02", x: 3 },
    ];
    assert.ok(!kinds(columns(["day", "date"], ["x", "double"]), rows).includes("line"));
  });

  test("texts alone are not drawn", () => {
    assert.deepEqual(chooseCharts(columns(["name", "string"]), [{ name: "a" }]), []);
  });

  test("states are known by code and by name", () => {
    assert.equal(findState("CA"), "California");
    assert.equal(findState(" new york "), "New York");
    assert.equal(findState("Bavaria"), undefined);
  });
});
