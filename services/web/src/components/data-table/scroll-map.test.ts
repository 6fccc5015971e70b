import assert from "node:assert/strict";
import { test } from "node:test";
import { laidOutHeight, mostPixels, placeOf, scaleOf, type ScrollPlace, scrollTo } from "./scroll-map.ts";

const view = 600;
const total = 3_000_000 * 30;
const start: ScrollPlace = { top: 0, scrollTop: 0 };

test("a table that can be laid out whole is scrolled as it is", () => {
  assert.deepEqual(scrollTo(start, 12_345, 100_000, view), { top: 12_345, scrollTop: 12_345 });
  assert.equal(laidOutHeight(100_000), 100_000);
});

test("small movements move by as much, jumps go to the place on the scale", () => {
  const middle = scrollTo(start, mostPixels / 2, total, view);
  assert.ok(Math.abs(middle.top - total / 2) < view * scaleOf(total, view));
  const wheeled = scrollTo(middle, middle.scrollTop + 100, total, view);
  assert.equal(wheeled.top - middle.top, 100);
});

test("both ends are reached exactly", () => {
  const end = laidOutHeight(total) - view;
  assert.equal(scrollTo(start, end, total, view).top, total - view);
  assert.equal(scrollTo({ top: 5_000, scrollTop: 300 }, 0, total, view).top, 0);
  assert.equal(placeOf(total, total, view).scrollTop, end);
  assert.deepEqual(placeOf(-5, total, view), { top: 0, scrollTop: 0 });
});

test("a place and its way back agree", () => {
  for (const top of [0, 30, 1_000_000, 44_999_970, total - view]) {
    const place = placeOf(top, total, view);
    assert.ok(Math.abs(scrollTo({ top: 0, scrollTop: -10_000 }, place.scrollTop, total, view).top - top) < 1e-6 * total);
  }
});
