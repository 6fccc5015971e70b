import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createId, type Event } from "@rivergen/contracts";
import { createEventLog, type Happening, type LoggedEvent, readEvents } from "./log.ts";
import { type Alone, startAlone } from "../start-alone.ts";

let service: Alone;
before(async () => {
  service = await startAlone();
});
after(() => service?.stop());

function openLog() {
  const announced: LoggedEvent[] = [];
  const log = createEventLog({
    announce: async (tx, _workspaceId, logged) => {
      tx.afterCommit(() => void announced.push(logged));
    },
  });
  return { log, announced };
}
const happening = (...channels: string[]): Happening => ({ type: "run.started", subject: "run_1", data: { channels }, channels });
const readAll = (workspaceId: string, channels: string[] | null = null): Promise<Event[]> =>
  service.inWorkspace(workspaceId, async (tx) => (await readEvents(tx, workspaceId, { after: 0, channels, limit: 1_000 })).items);
const numbers = (events: readonly Event[]): number[] => events.map(({ seq }) => seq);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

test("fifty writers at once leave no gap, also where some are undone", async () => {
  const workspaceId = createId("workspace");
  const { log, announced } = openLog();
  const writers = 50;
  let writing = true;
  const looks: number[][] = [];
  const reader = (async () => {
    // As the system, whose connections do not wait behind the writers'.
    while (writing) looks.push(numbers((await service.inSystem((tx) => readEvents(tx, workspaceId, { after: 0, channels: null, limit: 1_000 }))).items));
  })();
  const results = await Promise.allSettled(
    Array.from({ length: writers }, (_, writer) =>
      service.inWorkspace(workspaceId, async (tx) => {
        await log.append(tx, workspaceId, happening(`run:${writer % 3}`));
        await log.append(tx, workspaceId, happening(`run:${writer % 3}`, "dataset:1"));
        if (writer % 5 === 0) throw new Error("this one is undone");
      }),
    ),
  );
  writing = false;
  await reader;
  const written = results.filter(({ status }) => status === "fulfilled").length * 2;
  assert.equal(written, 80);
  assert.deepEqual(numbers(await readAll(workspaceId)), upTo(written));
  assert.deepEqual(
    announced.map(({ event }) => event.seq).toSorted((a, b) => a - b),
    upTo(written),
  );
  // Whoever reads while others write never sees a number before the ones below it.
  for (const seen of looks) assert.deepEqual(seen, upTo(seen.length));
});

test("on a channel every entry tells which stood before it there", async () => {
  const workspaceId = createId("workspace");
  const { log, announced } = openLog();
  await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      service.inWorkspace(workspaceId, (tx) =>
        log.append(tx, workspaceId, happening(...(i % 4 === 0 ? [] : [`run:${i % 3}`]), ...(i % 2 === 0 ? ["dataset:1"] : []))),
      ),
    ),
  );
  for (const channel of ["run:0", "run:1", "run:2", "dataset:1"]) {
    const events = await readAll(workspaceId, [channel]);
    assert.ok(events.length > 3, channel);
    assert.deepEqual(
      events.map(({ prevSeq }) => prevSeq),
      [null, ...numbers(events).slice(0, -1)],
      channel,
    );
    const told = announced.filter(({ channels }) => channels.includes(channel)).toSorted((a, b) => a.event.seq - b.event.seq);
    assert.deepEqual(
      told.map(({ channels, prevSeqs }) => prevSeqs[channels.indexOf(channel)]),
      events.map(({ prevSeq }) => prevSeq),
      channel,
    );
  }
});

test("of several channels the nearest entry before counts; the whole log needs none", async () => {
  const workspaceId = createId("workspace");
  const { log } = openLog();
  for (const channels of [["run:1"], ["dataset:1"], ["run:1", "dataset:1"], ["run:2"]])
    await service.inWorkspace(workspaceId, (tx) => log.append(tx, workspaceId, happening(...channels)));
  const before = async (channels: string[]) => (await readAll(workspaceId, channels)).map(({ seq, prevSeq }) => [seq, prevSeq]);
  assert.deepEqual(await before(["run:1"]), [
    [1, null],
    [3, 1],
  ]);
  assert.deepEqual(await before(["run:1", "dataset:1"]), [
    [1, null],
    [2, null],
    [3, 2],
  ]);
  assert.deepEqual(
    (await readAll(workspaceId, ["workspace", "run:1"])).map((event) => "prevSeq" in event),
    [false, false, false, false],
  );
});

test("pages begin after a number and end at another; workspaces count for themselves", async () => {
  const [mine, other] = [createId("workspace"), createId("workspace")];
  const { log } = openLog();
  for (const workspaceId of [mine, other, mine, mine]) await service.inWorkspace(workspaceId, (tx) => log.append(tx, workspaceId, happening()));
  const page = (after: number, upTo: number | undefined, limit: number) =>
    service.inWorkspace(mine, (tx) => readEvents(tx, mine, { after, upTo, channels: null, limit }));
  assert.deepEqual(numbers((await page(1, undefined, 10)).items), [2, 3]);
  assert.deepEqual(numbers((await page(0, 2, 10)).items), [1, 2]);
  const { items, lastSeq } = await page(0, undefined, 1);
  assert.deepEqual([numbers(items), lastSeq], [[1], 3]);
  assert.deepEqual(numbers(await readAll(other)), [1]);
});
