import assert from "node:assert/strict";
import { test } from "node:test";
import { suggestName } from "./suggest-name.ts";

test("a question becomes a name that rivers may have", () => {
  assert.equal(suggestName("average delay by state in july , worst 5"), "average_delay_state_july_worst_5");
  assert.equal(suggestName("5 höchste Städte"), "hochste_stadte");
  assert.equal(suggestName("???"), "");
  for (const text of ["2024 sales", "x".repeat(90), `a b ${"word ".repeat(30)}`]) assert.match(suggestName(text), /^[a-z][a-z0-9_]{0,62}$/);
});
