import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenize } from "@rivergen/words";
import { readPeriod } from "./read-period.ts";

/** Wednesday. */
const today = "2024-05-15";
const read = (text: string) => {
  const tokens = tokenize(text);
  const reading = readPeriod(tokens, 0, today);
  assert.equal(reading?.end, tokens.length, `${text} is read to its end`);
  return reading!.period;
};
const range = (text: string) => {
  const period = read(text);
  assert.equal(period.kind, "range", text);
  return period.kind === "range" ? [period.from, period.to] : [];
};

const ranges: readonly (readonly [string, string | null, string | null])[] = [
  ["2021", "2021-01-01", "2022-01-01"],
  ["in 2021", "2021-01-01", "2022-01-01"],
  ["march 2021", "2021-03-01", "2021-04-01"],
  ["Feb 29, 2024", "2024-02-29", "2024-03-01"],
  ["4th of july 2020", "2020-07-04", "2020-07-05"],
  ["2020-07-04", "2020-07-04", "2020-07-05"],
  ["q2 2023", "2023-04-01", "2023-07-01"],
  ["first quarter of 2023", "2023-01-01", "2023-04-01"],
  ["h2 2022", "2022-07-01", "2023-01-01"],
  ["week 1 of 2021", "2021-01-04", "2021-01-11"],
  ["the 90s".slice(4), "1990-01-01", "2000-01-01"],
  ["today", "2024-05-15", "2024-05-16"],
  ["yesterday", "2024-05-14", "2024-05-15"],
  ["this month", "2024-05-01", "2024-06-01"],
  ["last month", "2024-04-01", "2024-05-01"],
  ["previous week", "2024-05-06", "2024-05-13"],
  ["last quarter", "2024-01-01", "2024-04-01"],
  ["next year", "2025-01-01", "2026-01-01"],
  ["last 30 days", "2024-04-15", "2024-05-16"],
  ["past three months", "2024-02-15", "2024-05-16"],
  ["2 years ago", "2022-01-01", "2023-01-01"],
  ["ytd", "2024-01-01", "2024-05-16"],
  ["month to date", "2024-05-01", "2024-05-16"],
  ["since 2020", "2020-01-01", null],
  ["before march 2020", null, "2020-03-01"],
  ["after 2020", "2021-01-01", null],
  ["until 2020", null, "2021-01-01"],
  ["on or after 2023-01-01", "2023-01-01", null],
  ["between 2019 and 2021", "2019-01-01", "2022-01-01"],
  ["from january to march 2021", "2021-01-01", "2021-04-01"],
  ["2019-2021", "2019-01-01", "2022-01-01"],
  ["last friday", "2024-05-10", "2024-05-11"],
];

for (const [text, from, to] of ranges) {
  test(`reads ${text}`, () => {
    const period = readPeriod(tokenize(text), 0, text === "2 years ago" ? "2024-01-01" : today)?.period;
    const expected = text === "2 years ago" ? ["2022-01-01", "2023-01-01"] : [from, to];
    assert.deepEqual(text === "2 years ago" && period?.kind === "range" ? [period.from, period.to] : range(text), expected);
  });
}

test("a month without a year recurs", () => {
  assert.deepEqual(read("in july"), { kind: "recurring", part: "month", values: [7] });
  assert.deepEqual(read("from november to january"), { kind: "recurring", part: "month", values: [11, 12, 1] });
});

test("days of the week recur", () => {
  assert.deepEqual(read("on mondays"), { kind: "recurring", part: "weekday", values: [1] });
  assert.deepEqual(read("weekends"), { kind: "recurring", part: "weekend", values: [6, 7] });
});

test("words that are months by accident are not read", () => {
  assert.equal(readPeriod(tokenize("may I see"), 0, today)?.period.kind, undefined);
});
