import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunState } from "./execute.ts";
import { advance } from "./progress.ts";

test("over several stages, and where the engine loses its figure, nothing falls", () => {
  const reports = [
    [0, null, 0],
    [0, null, 90],
    [0, 0.1, 0],
    [0, 0.8, 0],
    [0, null, 10],
    [0, 1, 5],
    [1, null, 0],
    [1, 0.01, 0],
    [1, 1, 5],
  ] as const;
  const rows = [
    { before: 0, own: 100, after: 300 },
    { before: 100, own: 350, after: 0 },
  ] as const;
  let progress: RunState["progress"] = null;
  const seen = reports.map(([index, fraction, rowsDone]) => (progress = advance(progress, { index, of: 2 }, rows[index], fraction, rowsDone)));
  assert.deepEqual(
    seen.map((each) => [each.fraction, each.rowsDone, each.rowsExpected]),
    [
      [null, 0, 400],
      [null, 90, 400],
      [0.05, 90, 400],
      [0.4, 90, 400],
      [0.4, 90, 400],
      [0.5, 100, 400],
      [0.5, 100, 450],
      [0.505, 104, 450],
      [1, 450, 450],
    ],
  );
});
