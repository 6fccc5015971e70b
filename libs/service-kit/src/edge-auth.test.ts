import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError, type Principal, route } from "@rivergen/contracts";
import { authenticate, createPrincipalCache } from "./edge-auth.ts";

const base = { method: "GET", path: "/v1/things", tag: "Things", summary: "Things" } as const;
const inWorkspace = route({ ...base, scope: "datasets:read" });
const ofSession = route({ ...base, scope: "session" });
const open = route({ ...base, scope: "public" });

const token = "token-of-ann";
const ann: Principal = {
  userId: "usr_ann",
  organizationId: "org_1",
  credential: "key_1",
  scopes: null,
  boundWorkspaceId: null,
  workspaces: [{ id: "wsp_1", name: "One", role: "owner" }],
};
const two = { ...ann, workspaces: [...ann.workspaces, { id: "wsp_2", name: "Two", role: "viewer" as const }] };
const knows = (principal: Principal) => async (given: string) => (given === token ? principal : null);
const bearer = (extra: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...extra });
const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;

describe("callers", () => {
  test("of public operations are nobody, whatever they send", async () => {
    const caller = await authenticate(open, bearer(), () => assert.fail("no credential is looked up"));
    assert.deepEqual([caller.kind, caller.scopes], ["anonymous", []]);
  });

  test("act in their only workspace, or in the one they name", async () => {
    assert.equal((await authenticate(inWorkspace, bearer(), knows(ann))).workspaceId, "wsp_1");
    const caller = await authenticate(inWorkspace, bearer({ "x-workspace-id": "wsp_2" }), knows(two));
    assert.deepEqual([caller.workspaceId, caller.role, caller.scopes], ["wsp_2", "viewer", ["*"]]);
    await assert.rejects(authenticate(inWorkspace, bearer(), knows(two)), code("WORKSPACE_REQUIRED"));
    await assert.rejects(authenticate(inWorkspace, bearer({ "x-workspace-id": "wsp_9" }), knows(two)), code("WORKSPACE_NOT_FOUND"));
  });

  test("with a key bound to a workspace reach no other", async () => {
    const bound = knows({ ...two, boundWorkspaceId: "wsp_2", scopes: ["runs:read"] });
    const caller = await authenticate(inWorkspace, bearer(), bound);
    assert.deepEqual([caller.workspaceId, caller.scopes], ["wsp_2", ["runs:read"]]);
    await assert.rejects(authenticate(inWorkspace, bearer({ "x-workspace-id": "wsp_1" }), bound), code("WORKSPACE_NOT_FOUND"));
    assert.equal((await authenticate(ofSession, bearer(), bound)).workspaceId, "wsp_2");
  });

  test("without a valid bearer token are refused", async () => {
    const wrong = [undefined, "", token, `Basic ${token}`, "Bearer other-token", "Bearer short", `Bearer ${token} ${token}`, `Bearer ${"a".repeat(513)}`];
    for (const authorization of wrong)
      await assert.rejects(authenticate(inWorkspace, { authorization }, knows(ann)), code("UNAUTHENTICATED"), authorization ?? "none");
  });
});

describe("principals", () => {
  test("are looked up again for those who waited on a look-up that was given up", async () => {
    const first = Promise.withResolvers<Principal | null>();
    const answers = [first.promise, Promise.resolve(ann)];
    const find = createPrincipalCache(() => answers.shift() ?? assert.fail("asked too often"));
    const [given, waiting] = [find(token), find(token)];
    first.reject(new AppError("DEADLINE_EXCEEDED"));
    await assert.rejects(given, code("DEADLINE_EXCEEDED"));
    assert.equal(await waiting, ann);
  });

  test("are looked up once in four seconds, also when many ask at once", async () => {
    let now = 0;
    let lookups = 0;
    const find = createPrincipalCache(
      async () => {
        lookups++;
        return ann;
      },
      () => now,
    );
    await Promise.all([find(token), find(token)]);
    now = 3_999;
    await find(token);
    assert.equal(lookups, 1);
    now = 4_000;
    await find(token);
    assert.equal(lookups, 2);
    find.forget(token);
    await find(token);
    assert.equal(lookups, 3);
  });

  test("are looked up again after a failure", async () => {
    let fails = true;
    const find = createPrincipalCache(async () => {
      if (fails) throw new AppError("STORE_UNAVAILABLE");
      return ann;
    });
    await assert.rejects(find(token), code("STORE_UNAVAILABLE"));
    fails = false;
    assert.equal(await find(token), ann);
  });
});
