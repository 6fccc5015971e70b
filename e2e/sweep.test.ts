import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { asPerson, eventually, type Person, readOwner, startPlatform, type TestPlatform } from "@rivergen/testkit";

let platform: TestPlatform;
let ann: Person;

before(async () => {
  platform = await startPlatform();
  const { token, workspaceId } = await readOwner(platform.home);
  ann = asPerson(platform.url, token, { workspaceId, userId: "", email: "" });
});
after(() => platform.stop());

async function put(path: string, csv: string): Promise<void> {
  const { json, text } = await ann.send("PUT", `/v1/files/${path}`, csv, { "content-type": "text/csv", prefer: "wait=60" });
  assert.equal(json.dataset?.status, "ready", text);
}

/** Objects of the workspace by kind. */
async function countObjects(): Promise<Record<"files" | "datasets" | "runs", number>> {
  const folder = join(platform.home, "objects");
  const filesOf = async (path: string): Promise<number> =>
    (await readdir(join(folder, path), { recursive: true, withFileTypes: true }).catch(() => [])).filter((entry) => entry.isFile()).length;
  const [files, datasets, runs] = await Promise.all(["files", `${ann.workspaceId}/datasets`, `${ann.workspaceId}/runs`].map(filesOf));
  return { files: files ?? 0, datasets: datasets ?? 0, runs: runs ?? 0 };
}

/** Every start is a round of the sweep: one notes what nothing leads to, the next deletes it. */
async function sweepUntil(expected: Awaited<ReturnType<typeof countObjects>>, environment: Record<string, string> = {}): Promise<void> {
  const isSwept = async (): Promise<boolean> => isDeepStrictEqual(await countObjects(), expected);
  for (let starts = 1; starts < 5 && !(await isSwept()); starts += 1) {
    await platform.kill();
    await platform.restart("all", { KEEP_UNREFERENCED_MS: "0", ...environment });
    await eventually(isSwept, { withinMs: 3_000 }).catch(() => undefined);
  }
  assert.deepEqual(await countObjects(), expected);
}

const river = `
apiVersion: rivergen.dev/v1
river: numbers
sources: { words: { dataset: words } }
steps:
  typed: { from: words, cast: { amount: integer } }
  summed: { from: typed, aggregate: { values: { total: sum(amount) } } }
outputs:
  numbers_total: { from: summed }
`;

test("what nothing leads to is deleted; a failed run keeps what it reads as long as it may go on, then says that it is gone", async () => {
  await put("kept.csv", "id,name\n1,a\n");
  await put("kept.csv", "id,name\n1,a\n2,b\n");
  await put("words.csv", "id,amount\n1,one\n2,2\n");
  await ann.send("PUT", "/v1/rivers/numbers", river, { "content-type": "application/yaml" });
  const failed = (await ann.send("POST", "/v1/rivers/numbers/runs", {}, { prefer: "wait=60" })).json;
  assert.equal(failed.error?.code, "STEP_FAILED");
  assert.equal((await ann.send("DELETE", "/v1/datasets/words")).status, 204);
  assert.equal((await ann.send("DELETE", "/v1/files/words.csv")).status, 204);
  assert.deepEqual(await countObjects(), { files: 3, datasets: 3, runs: 0 });

  // The process dies between the deletion of the deleted file and the note of that.
  await platform.kill();
  await platform.restart("all", { KEEP_UNREFERENCED_MS: "0", FAULT_POINT: "sweep.before-forget" }).catch(() => undefined);
  assert.equal(await platform.processes.get("all")?.ended, "SIGKILL");
  // Versions stay, and what the failed run reads.
  await sweepUntil({ files: 1, datasets: 3, runs: 0 });

  const resume = (): ReturnType<Person["send"]> => ann.send("POST", `/v1/runs/${failed.id}/resume`, {});
  assert.equal((await resume()).status, 202);
  const again = await eventually(async () => {
    const { json } = await ann.send("GET", `/v1/runs/${failed.id}`);
    return json.status === "failed" && json.attempt === 2 ? json : undefined;
  });
  assert.equal(again.error.code, "STEP_FAILED", "its input was there");

  await sweepUntil({ files: 1, datasets: 2, runs: 0 }, { KEEP_RESUMABLE_RUNS_MS: "0" });
  const refused = await resume();
  assert.deepEqual([refused.status, refused.json.code], [410, "INPUT_GONE"], refused.text);
  assert.match(refused.json.detail, /version 1 of words/);
  assert.equal((await ann.send("GET", "/v1/datasets/kept/preview")).json.rowCount, 2);
  assert.equal((await ann.send("POST", "/v1/datasets/kept/reread", {}, { prefer: "wait=30" })).json.status, "ready");
});
