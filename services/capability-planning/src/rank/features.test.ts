import assert from "node:assert/strict";
import { test } from "node:test";
import { harbourCatalog } from "../catalog.testkit.ts";
import { planQuestion } from "../plan-question.ts";

const confidenceOf = (text: string): number => planQuestion({ text, today: "2024-06-01", catalog: harbourCatalog, answers: [] }).confidence;

test("a question that is wholly understood is more likely right than a long one read over joins", () => {
  const plain = confidenceOf("how many voyages");
  assert.ok(plain > 0.75, String(plain));
  assert.ok(plain > confidenceOf("how many voyages have claims with a paid amount over 500"));
});
