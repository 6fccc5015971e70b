import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { asPerson, eventually, readOwner, send, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

let platform: TestPlatform;
before(async () => {
  platform = await startPlatform();
});
after(() => platform.stop());

test("signing up gives an account with a personal workspace, and the session tells who it is", async () => {
  const ann = await signUp(platform.url, "Ann");
  const { status, json } = await ann.send("GET", "/v1/auth/session");
  assert.equal(status, 200);
  assert.deepEqual(json.user, { id: ann.userId, email: ann.email, name: "Ann" });
  assert.deepEqual(json.workspaces, [{ id: ann.workspaceId, name: "Ann", role: "owner" }]);
});

test("an address can be taken once; common and short passwords are refused with their place", async () => {
  const ann = await signUp(platform.url);
  const again = await send(platform.url, "POST", "/v1/auth/sign-up", { email: ann.email.toUpperCase(), password: "three rivers meet 42", name: "Ann" });
  assert.deepEqual([again.status, again.json.code], [409, "EMAIL_TAKEN"]);
  const common = await send(platform.url, "POST", "/v1/auth/sign-up", { email: "x@example.test", password: "1234567890", name: "X" });
  assert.deepEqual([common.status, common.json.code], [422, "PASSWORD_TOO_COMMON"]);
  const short = await send(platform.url, "POST", "/v1/auth/sign-up", { email: "nobody", password: "short", name: "" });
  assert.equal(short.status, 422);
  assert.deepEqual(short.json.errors.map(({ path }: { path: string }) => path).toSorted(), ["/email", "/name", "/password"]);
});

test("a wrong password and an unknown account get the same answer in about the same time", async () => {
  const ann = await signUp(platform.url);
  const attempt = async (email: string) => {
    const started = performance.now();
    const answer = await send(platform.url, "POST", "/v1/auth/sign-in", { email, password: "not the password 1" });
    return { ...answer, ms: performance.now() - started };
  };
  type Attempt = Awaited<ReturnType<typeof attempt>>;
  // The shortest of several, taken in turn, says what the work takes; the others say how busy the machine is.
  const answers: (readonly [Attempt, Attempt])[] = [];
  for (let i = 0; i < 7; i++) answers.push([await attempt(ann.email), await attempt("nobody.at.all@example.test")] as const);
  const fastest = (side: 0 | 1) => answers.map((pair) => pair[side]).toSorted((a, b) => a.ms - b.ms)[0] as Attempt;
  const [known, unknown] = [fastest(0), fastest(1)];
  assert.equal(known.status, 401);
  assert.deepEqual({ ...known.json, requestId: "" }, { ...unknown.json, requestId: "" });
  const ratio = known.ms / unknown.ms;
  assert.ok(ratio > 1 / 3 && ratio < 3, `${known.ms} and ${unknown.ms} ms`);
});

test("repeated wrong passwords are slowed down, for that account only", async () => {
  const ann = await signUp(platform.url);
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++) statuses.push((await send(platform.url, "POST", "/v1/auth/sign-in", { email: ann.email, password: "wrong wrong 12" })).status);
  assert.equal(statuses.at(0), 401);
  assert.equal(statuses.at(-1), 429);
  const other = await signUp(platform.url);
  assert.equal((await send(platform.url, "POST", "/v1/auth/sign-in", { email: other.email, password: "three rivers meet 42" })).status, 200);
});

test("signing out ends the session everywhere within five seconds", async () => {
  const ann = await signUp(platform.url);
  assert.equal((await ann.send("POST", "/v1/auth/sign-out")).status, 204);
  await eventually(async () => (await ann.send("GET", "/v1/auth/session")).status === 401, { withinMs: 5_000, what: "the end of the session" });
});

test("an API key is shown once, works where it may, and is refused within five seconds of its end", async () => {
  const ann = await signUp(platform.url);
  const made = await ann.send("POST", "/v1/api-keys", { name: "reader", workspaceId: ann.workspaceId, scopes: ["datasets:read"] });
  assert.equal(made.status, 201);
  const key = asPerson(platform.url, made.json.key, ann);
  assert.equal((await key.send("GET", "/v1/datasets")).status, 200);
  assert.equal((await ann.send("POST", "/v1/api-keys", { name: "none", scopes: [] })).status, 422);
  for (const [method, path, body] of [
    ["GET", "/v1/api-keys"],
    ["DELETE", `/v1/api-keys/${made.json.id}`],
    ["POST", "/v1/workspaces", { name: "More" }],
  ] as const)
    assert.equal((await key.send(method, path, body)).status, 403, `${method} ${path}`);
  const refused = await key.send("GET", "/v1/files");
  assert.deepEqual([refused.status, refused.json.code], [403, "FORBIDDEN"]);
  const past = await ann.send("POST", "/v1/api-keys", { name: "past", expiresAt: "2020-01-01T00:00:00Z" });
  assert.deepEqual([past.status, past.json.errors[0].path], [422, "/expiresAt"]);
  const listed = await ann.send("GET", "/v1/api-keys");
  assert.equal(listed.json.items.length, 1);
  assert.ok(!listed.text.includes(made.json.key));
  assert.equal((await ann.send("DELETE", `/v1/api-keys/${made.json.id}`)).status, 204);
  await eventually(async () => (await key.send("GET", "/v1/datasets")).status === 401, { withinMs: 5_000, what: "the end of the key" });
});

test("another workspace is named by its header; a foreign one is not there", async () => {
  const ann = await signUp(platform.url);
  const made = await ann.send("POST", "/v1/workspaces", { name: "Second" });
  assert.equal(made.status, 201);
  const unclear = await eventually(async () => {
    const answer = await ann.send("GET", "/v1/datasets");
    return answer.status === 422 && answer;
  });
  assert.equal(unclear.json.code, "WORKSPACE_REQUIRED");
  assert.equal((await ann.send("GET", "/v1/datasets", undefined, { "x-workspace-id": made.json.id })).status, 200);
  const bound = asPerson(platform.url, (await ann.send("POST", "/v1/api-keys", { name: "here", workspaceId: ann.workspaceId })).json.key, ann);
  const known = async (person: typeof ann) => (await person.send("GET", "/v1/workspaces")).json.items.map(({ id }: { id: string }) => id);
  assert.deepEqual([(await known(ann)).length, await known(bound)], [2, [ann.workspaceId]]);
  assert.deepEqual((await bound.send("GET", "/v1/auth/session")).json.workspaces.length, 1);
  const bob = await signUp(platform.url);
  const foreign = await bob.send("GET", "/v1/datasets", undefined, { "x-workspace-id": made.json.id });
  const absent = await bob.send("GET", "/v1/datasets", undefined, { "x-workspace-id": "wsp_00000000000000000000000000" });
  assert.deepEqual([foreign.status, foreign.json.code], [404, "WORKSPACE_NOT_FOUND"]);
  assert.deepEqual({ ...foreign.json, requestId: "" }, { ...absent.json, requestId: "" });
});

test("the local owner needs no sign-in on this machine, and the one-time link works once", async () => {
  const { token, workspaceId } = await readOwner(platform.home);
  const owner = asPerson(platform.url, token, { workspaceId, userId: "", email: "" });
  assert.equal((await owner.send("GET", "/v1/auth/session")).json.workspaces[0].id, workspaceId);
  const code = /#link=(\S+)/.exec(platform.readyLine())?.[1];
  const first = await send(platform.url, "POST", "/v1/auth/local-link", { code });
  assert.equal(first.status, 200, first.text);
  assert.equal(
    (await send(platform.url, "GET", "/v1/auth/session", undefined, { authorization: `Bearer ${first.json.token}` })).json.workspaces[0].id,
    workspaceId,
  );
  assert.equal((await send(platform.url, "POST", "/v1/auth/local-link", { code })).status, 401);
  const wrong = await send(platform.url, "POST", "/v1/auth/local-link", { code: "made up" });
  assert.deepEqual([wrong.status, wrong.json.code], [401, "INVALID_CREDENTIALS"]);
});

test("the same idempotency key gives the same answer, another body is refused", async () => {
  const ann = await signUp(platform.url);
  const headers = { "idempotency-key": "make-one" };
  const first = await ann.send("POST", "/v1/workspaces", { name: "Once" }, headers);
  const second = await ann.send("POST", "/v1/workspaces", { name: "Once" }, headers);
  assert.equal(second.headers.get("idempotency-replayed"), "true");
  assert.deepEqual(second.json, first.json);
  const other = await ann.send("POST", "/v1/workspaces", { name: "Twice" }, headers);
  assert.deepEqual([other.status, other.json.code], [422, "IDEMPOTENCY_KEY_REUSED"]);
  const parallel = await Promise.all(Array.from({ length: 20 }, () => ann.send("POST", "/v1/workspaces", { name: "Many" }, { "idempotency-key": "many" })));
  for (const { status } of parallel) assert.ok([201, 409].includes(status), String(status));
  const names = (await ann.send("GET", "/v1/workspaces")).json.items.map(({ name }: { name: string }) => name);
  assert.deepEqual(names.filter((name: string) => name === "Many" || name === "Once").toSorted(), ["Many", "Once"]);
});

test("every answer carries a request id, and a given trace goes on", async () => {
  const traceparent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
  const { headers, json } = await send(platform.url, "GET", "/v1/datasets", undefined, { traceparent, "x-request-id": "mine-1" });
  assert.equal(headers.get("x-request-id"), "mine-1");
  assert.equal(json.requestId, "mine-1");
  assert.match(headers.get("traceparent") ?? "", /^00-0123456789abcdef0123456789abcdef-[0-9a-f]{16}-01$/);
});
