import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { createRateLimit } from "@rivergen/pipeline";
import { createFailureGuard } from "./edge-failures.ts";

const code = (error: unknown): string => (error instanceof AppError ? error.code : String(error));
const wrong = async (): Promise<never> => {
  throw new AppError("INVALID_CREDENTIALS");
};

test("many attempts at once are no more tries than the same one after the other", async () => {
  const guard = createFailureGuard(createRateLimit({ perMinute: 1, burst: 10 }));
  const answers = await Promise.all(Array.from({ length: 60 }, () => guard("ann", wrong).catch(code)));
  assert.deepEqual(
    Object.fromEntries(
      Map.groupBy(answers, (answer) => answer)
        .entries()
        .map(([answer, all]) => [answer, all.length]),
    ),
    {
      INVALID_CREDENTIALS: 10,
      RATE_LIMITED: 50,
    },
  );
  assert.equal(await guard("bob", wrong).catch(code), "INVALID_CREDENTIALS");
});

test("what succeeds does not count, however often", async () => {
  const guard = createFailureGuard(createRateLimit({ perMinute: 1, burst: 3 }));
  for (let i = 0; i < 20; i++) assert.equal(await guard("ann", async () => i), i);
  assert.equal(await guard("ann", wrong).catch(code), "INVALID_CREDENTIALS");
});
