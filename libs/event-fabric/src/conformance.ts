import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Transaction } from "@rivergen/contracts";
import { AppError } from "@rivergen/contracts";
import type { Consumer, ConsumeOptions, EventFabric, ServiceStore } from "./fabric.ts";
import type { EventDraft, Message } from "./message.ts";

export interface FabricUnderTest {
  /** A fabric as another process would have it, over the same servers. Leases and polls should be short. */
  open(): EventFabric;
  /** A service whose schema has `eventTables` and `effectsTable`. */
  readonly store: ServiceStore;
  destroy(): Promise<void>;
}

/** Where handlers of the suite leave their marks: a migration of the service's schema. */
export function effectsTable(schema: string): { name: string; sql: string } {
  const sql = `create table ${schema}.effects (n bigint generated always as identity primary key, workspace_id text not null, group_name text not null, message_id text not null, key text not null, seq int not null);
    select rivergen.tenant_table('${schema}.effects');`;
  return { name: "effects", sql };
}

interface Effect {
  readonly message_id: string;
  readonly key: string;
  readonly seq: number;
}

/** Until `check` holds, or for 20 s. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await check())) {
    assert.ok(performance.now() < deadline, `still waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What every engine of the fabric must do. */
export function describeEventFabricConformance(name: string, create: () => Promise<FabricUnderTest>): void {
  describe(`event fabric: ${name}`, () => {
    let under: FabricUnderTest;
    let fabric: EventFabric;
    let schema: string;
    let names = 0;
    before(async () => {
      under = await create();
      fabric = under.open();
      schema = under.store.schema;
    });
    after(async () => {
      await fabric.close();
      await under.destroy();
    });

    /** Topic and group of a test's own. */
    const createNames = () => ({ topic: `test.noun${(names += 1)}.v1`, group: `group-${names}` });
    const draft = (topic: string, key: string, seq: number, more: Partial<EventDraft> = {}): EventDraft => ({
      topic,
      key,
      type: "noun.done",
      subject: key,
      workspaceId: "wsp_1",
      data: { seq },
      ...more,
    });
    const emit = (...events: EventDraft[]) => under.store.database.inWorkspace("wsp_1", (tx) => fabric.outbox({ schema, source: "/test" }).emit(tx, ...events));
    const mark = async (tx: Transaction, group: string, message: Message) => {
      const { seq } = message.data as { seq: number };
      await tx.rows(`insert into ${schema}.effects (workspace_id, group_name, message_id, key, seq) values ($1, $2, $3, $4, $5)`, [
        message.workspaceId ?? "none",
        group,
        message.id,
        message.key,
        seq,
      ]);
    };
    const effectsOf = (group: string) =>
      under.store.database.inSystem((tx) => tx.rows<Effect>(`select message_id, key, seq from ${schema}.effects where group_name = $1 order by n`, [group]));
    const consume = (options: Pick<ConsumeOptions, "group" | "topics"> & Partial<ConsumeOptions>, by = fabric): Consumer =>
      by.consume({ ...under.store, handler: (tx, message) => mark(tx, options.group, message), ...options });
    const seqs = async (group: string) => (await effectsOf(group)).map(({ seq }) => seq);

    test("a message arrives with everything that was said, in its workspace", async () => {
      const { topic, group } = createNames();
      const got: { message: Message; workspace: unknown }[] = [];
      const consumer = consume({
        group,
        topics: [topic],
        async handler(tx, message) {
          const [row] = await tx.rows<{ workspace: string }>("select current_setting('rivergen.workspace', true) as workspace");
          got.push({ message, workspace: row?.workspace });
        },
      });
      const data = { text: "ü\u{1f600}'\\", nul: "a\0b\ud800", list: [1, null, { deep: -0.5 }], large: 2 ** 53 };
      const time = new Date("2026-01-02T03:04:05.678Z");
      const [id] = await emit({ topic, key: "k", type: "noun.done", subject: "sub_1", workspaceId: "wsp_1", data, time });
      await until("the message", () => got.length === 1);
      const { position = 0, ...message } = got[0]?.message ?? {};
      assert.ok(Number.isSafeInteger(position) && position > 0);
      assert.deepEqual(message, {
        specversion: "1.0",
        id,
        source: "/test",
        type: "noun.done",
        subject: "sub_1",
        time: "2026-01-02T03:04:05.678Z",
        datacontenttype: "application/json",
        data,
        topic,
        key: "k",
        workspaceId: "wsp_1",
      });
      assert.equal(got[0]?.workspace, "wsp_1");
      await consumer.stop();
    });

    test("what was rolled back is never sent, and nobody can speak for another workspace", async () => {
      const { topic, group } = createNames();
      const outbox = fabric.outbox({ schema, source: "/test" });
      const failing = under.store.database.inWorkspace("wsp_1", async (tx) => {
        await outbox.emit(tx, draft(topic, "k", 1));
        throw new Error("changed my mind");
      });
      await assert.rejects(failing, /changed my mind/);
      await assert.rejects(emit(draft(topic, "k", 2, { workspaceId: "wsp_2" })), /row-level security/);
      await assert.rejects(emit(draft(topic, "k", 3, { workspaceId: null })), /row-level security/);
      const consumer = consume({ group, topics: [topic] });
      await emit(draft(topic, "k", 4));
      await until("the only message", async () => (await effectsOf(group)).length === 1);
      assert.deepEqual(await seqs(group), [4]);
      await consumer.stop();
    });

    test("messages of no workspace are handled too", async () => {
      const { topic, group } = createNames();
      const consumer = consume({ group, topics: [topic] });
      await under.store.database.inSystem((tx) => fabric.outbox({ schema, source: "/test" }).emit(tx, draft(topic, "k", 1, { workspaceId: null })));
      await until("the message", async () => (await effectsOf(group)).length === 1);
      await consumer.stop();
    });

    test("law: each once, each key in order, while handlers fail at random", async (t) => {
      const { topic, group } = createNames();
      const seed = Date.now() % 100_000;
      t.diagnostic(`seed ${seed}`);
      let state = seed;
      const random = () => (state = (state * 48_271 + 11) % 2_147_483_647) / 2_147_483_647;
      const consumer = consume({
        group,
        topics: [topic],
        concurrency: 6,
        maxTries: 50,
        async handler(tx, message) {
          await mark(tx, group, message);
          if (random() < 0.05) throw new Error("failed after its effect");
        },
      });
      const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`);
      const producers = keys.map(async (key) => {
        for (let seq = 0; seq < 20; seq += 2) await emit(draft(topic, key, seq), draft(topic, key, seq + 1));
      });
      await Promise.all(producers);
      await until("all messages", async () => (await effectsOf(group)).length >= keys.length * 20);
      const effects = await effectsOf(group);
      for (const key of keys) {
        const order = effects.filter((effect) => effect.key === key).map(({ seq }) => seq);
        assert.deepEqual(
          order,
          Array.from({ length: 20 }, (_, index) => index),
          `${key} with seed ${seed}`,
        );
      }
      await consumer.stop();
    });

    test("an id that is said twice is handled once, and by every group", async () => {
      const { topic, group } = createNames();
      const consumers = [consume({ group, topics: [topic] }), consume({ group: `${group}-b`, topics: [topic] })];
      const id = `evt_twice_${group}`;
      await emit(draft(topic, "k", 1, { id }));
      await emit(draft(topic, "k", 1, { id }), draft(topic, "k", 2));
      for (const each of [group, `${group}-b`]) {
        await until("the last message", async () => (await seqs(each)).includes(2));
        assert.deepEqual(await seqs(each), [1, 2]);
      }
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    });

    test("a message that keeps failing becomes a dead letter with its cause, the key goes on, and replay works", async () => {
      const { topic, group } = createNames();
      let isMended = false;
      let tries = 0;
      const options = {
        group,
        topics: [topic],
        maxTries: 2,
        async handler(tx: Transaction, message: Message) {
          await mark(tx, group, message);
          if ((message.data as { seq: number }).seq !== 2 || isMended) return;
          tries += 1;
          throw new AppError("DATASET_NOT_FOUND", { detail: "there is none" });
        },
      };
      const consumer = consume(options);
      await emit(draft(topic, "k", 1), draft(topic, "k", 2), draft(topic, "k", 3));
      await until("the message behind it", async () => (await seqs(group)).includes(3));
      assert.deepEqual([await seqs(group), tries], [[1, 3], 2]);
      const [letter, ...others] = await fabric.listDeadLetters({ ...under.store, group });
      assert.deepEqual(others, []);
      assert.deepEqual(
        [letter?.message.subject, letter?.message.data, letter?.tries, letter?.cause.code, letter?.cause.message],
        ["k", { seq: 2 }, 2, "DATASET_NOT_FOUND", "there is none"],
      );

      assert.equal(await fabric.replayDeadLetters({ ...under.store, group }), 1);
      await until("the second burial", async () => tries === 4 && (await fabric.listDeadLetters({ ...under.store, group })).length === 1);
      isMended = true;
      await until(
        "the dead letter to be asked back",
        async () => (await fabric.replayDeadLetters({ ...under.store, group, ids: [letter?.message.id ?? ""] })) === 1,
      );
      await until("the replay", async () => (await seqs(group)).includes(2));
      await until("the dead letter to go", async () => (await fabric.listDeadLetters({ ...under.store, group })).length === 0);
      assert.deepEqual(await seqs(group), [1, 3, 2]);
      await consumer.stop();
    });

    test("a handler that overruns its deadline is stopped, and its effects with it", async () => {
      const { topic, group } = createNames();
      const aborted: boolean[] = [];
      const consumer = consume({
        group,
        topics: [topic],
        maxTries: 2,
        timeoutMs: 100,
        async handler(tx, message, signal) {
          await mark(tx, group, message);
          if (message.key === "slow") await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
          aborted.push(signal.aborted);
        },
      });
      await emit(draft(topic, "slow", 1), draft(topic, "quick", 2), draft(topic, "slow", 3));
      await until("both to be given up", async () => (await fabric.listDeadLetters({ ...under.store, group })).length === 2);
      assert.deepEqual(await seqs(group), [2]);
      assert.equal(aborted.filter(Boolean).length, 4);
      await consumer.stop();
    });

    test("the members of a group share its work, and who leaves passes it on", async () => {
      const { topic, group } = createNames();
      const other = under.open();
      const by: string[] = [];
      const member = (called: string, of: EventFabric) =>
        consume(
          {
            group,
            topics: [topic],
            handler: (tx, message) => {
              by.push(called);
              return mark(tx, group, message);
            },
          },
          of,
        );
      const first = member("first", fabric);
      const second = member("second", other);
      for (let seq = 0; seq < 10; seq += 1) await emit(draft(topic, `key-${seq % 3}`, seq));
      await until("the first messages", async () => (await effectsOf(group)).length === 10);
      const [worker, standby] = by[0] === "first" ? [first, second] : [second, first];
      await worker.stop();
      for (let seq = 10; seq < 20; seq += 1) await emit(draft(topic, `key-${seq % 3}`, seq));
      await until("the others", async () => (await effectsOf(group)).length === 20);
      assert.equal(new Set((await effectsOf(group)).map(({ message_id }) => message_id)).size, 20);
      assert.notEqual(by.at(-1), by[0]);
      await standby.stop();
      await other.close();
    });

    test("a new group begins with the oldest message, or with the next", async () => {
      const { topic, group } = createNames();
      await emit(draft(topic, "k", 1));
      const early = consume({ group, topics: [topic] });
      await until("the old message", async () => (await effectsOf(group)).length === 1);
      const late = consume({ group: `${group}-late`, topics: [topic], from: "now" });
      await until("the late group's first look", async () => {
        await emit(draft(topic, "k", 2));
        return (await effectsOf(`${group}-late`)).length > 0;
      });
      assert.ok((await seqs(`${group}-late`)).every((seq) => seq === 2));
      await Promise.all([early.stop(), late.stop()]);
    });

    test("every subscriber hears everything from now on, in order, whatever one of them throws", async () => {
      const { topic } = createNames();
      await emit(draft(topic, "k", 0));
      const other = under.open();
      const heard: [number[], number[]] = [[], []];
      const subscribe = (of: EventFabric, into: number[]) =>
        of.subscribe({
          topics: [topic],
          async handler(message) {
            into.push((message.data as { seq: number }).seq);
            if (into.length === 3) throw new Error("a subscriber's own fault");
          },
        });
      // Nothing said before the subscription resolves needs to arrive, everything said afterwards must.
      await until("the past to be in the log", async () => (await under.store.database.inSystem((tx) => tx.rows(`select from ${schema}.outbox`))).length === 0);
      const subscriptions = await Promise.all([subscribe(fabric, heard[0]), subscribe(other, heard[1])]);
      const expected = Array.from({ length: 25 }, (_, index) => index + 1);
      for (const seq of expected) await emit(draft(topic, `key-${seq % 4}`, seq));
      await until("all to be heard", () => heard.every((into) => into.length === 25));
      assert.deepEqual(heard, [expected, expected]);
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      await other.close();
    });

    test("a subscriber goes on after a position, or hears everything that is kept; what is gone is told", async () => {
      const { topic } = createNames();
      for (const seq of [1, 2, 3, 4]) await emit(draft(topic, "k", seq));
      const hear = async (from: "earliest" | number, count: number): Promise<Message[]> => {
        const heard: Message[] = [];
        const subscription = await fabric.subscribe({ topics: [topic], from, handler: async (message) => void heard.push(message) });
        await until("the past to be heard", () => heard.length >= count);
        await subscription.stop();
        return heard;
      };
      const seqs = (messages: readonly Message[]) => messages.map(({ data }) => (data as { seq: number }).seq);
      const all = await hear("earliest", 4);
      assert.deepEqual(seqs(all), [1, 2, 3, 4]);
      assert.deepEqual(seqs(await hear(all[1]?.position ?? 0, 2)), [3, 4]);
      await assert.rejects(fabric.subscribe({ topics: [topic], from: 1e12, handler: () => {} }), { code: "INPUT_GONE" });
    });
  });
}
