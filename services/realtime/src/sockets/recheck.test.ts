import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, type Caller, type Principal } from "@rivergen/contracts";
import { createLog } from "@rivergen/service-kit";
import { createRecheck } from "./recheck.ts";

const principal: Principal = { userId: "usr_a", organizationId: "org_a", workspaces: [], scopes: null, boundWorkspaceId: null, credential: "c" };
const caller: Caller = { kind: "user", userId: "usr_a", workspaceId: "wsp_a", organizationId: "org_a", role: "owner", scopes: ["*"] };
const check = async (found: Principal | null): Promise<Caller> => {
  if (!found) throw new AppError("UNAUTHENTICATED");
  return caller;
};
const silent = createLog("silent", "test");

test("connections of a token that lost its right are cut, others stay; a store that is away cuts nobody", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let asked: string[] = [];
  let isAway = true;
  const revoked = new Set(["b"]);
  const recheck = createRecheck(
    async (token) => {
      asked.push(token);
      if (isAway) throw new AppError("STORE_UNAVAILABLE");
      return revoked.has(token) ? null : principal;
    },
    1_000,
    silent,
  );
  const cut: string[] = [];
  for (const [name, token] of [
    ["a1", "a"],
    ["a2", "a"],
    ["b1", "b"],
    ["b2", "b"],
  ] as const) {
    recheck.watch({ token, check, cut: ({ code }) => cut.push(`${name} ${code}`) });
  }
  const round = async (): Promise<void> => {
    t.mock.timers.tick(1_000);
    for (let i = 0; i < 50; i++) await Promise.resolve();
  };
  await round();
  assert.deepEqual([asked.toSorted((x, y) => x.localeCompare(y)), cut], [["a", "b"], []]);
  isAway = false;
  asked = [];
  await round();
  assert.deepEqual(cut, ["b1 UNAUTHENTICATED", "b2 UNAUTHENTICATED"]);
  recheck.stop();
  await round();
  assert.equal(asked.length, 2);
});

test("a connection that has gone is not asked about", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let asked = 0;
  const recheck = createRecheck(
    async () => {
      asked += 1;
      return principal;
    },
    1_000,
    silent,
  );
  recheck.watch({ token: "a", check, cut: () => undefined })();
  t.mock.timers.tick(1_000);
  assert.equal(asked, 0);
  recheck.stop();
});
