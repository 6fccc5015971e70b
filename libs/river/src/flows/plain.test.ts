import assert from "node:assert/strict";
import { test } from "node:test";
import { createFlows, createRegistry, processorEntry } from "@rivergen/flow";
import type { FlowDocument } from "@rivergen/flow";
import { parseType } from "@rivergen/relational";
import { createPlainReader, createPlainRegistry, takePlain, toPlain } from "./plain.ts";
import { testRecordFlow } from "./test-records.ts";

type Plain = Record<string, unknown>;

function createPlainFlow(document: FlowDocument): (record: unknown) => Promise<unknown> {
  const registry = createPlainRegistry();
  const own = createRegistry();
  own.processors.add(processorEntry<Plain, Plain>({ name: "louder", run: (record) => ({ ...record, name: `${String(record["name"])}!` }) }));
  own.processors.add(processorEntry<Plain, Plain>({ name: "counted", run: (record) => ({ ...record, size: String(record["name"]).length }) }));
  takePlain(registry, own);
  const flow = createFlows({ registry }).build(document);
  return async (record) => toPlain(await flow.process(record));
}

test("entries over records and those of others follow one another; both get what they take", async () => {
  const run = createPlainFlow({
    type: "sequence",
    children: [{ ref: "louder" }, { ref: "derive", config: { name: "upper(name)" } }, { ref: "counted" }, { ref: "derive", config: { half: "size / 2" } }],
  });
  assert.deepEqual(await run({ name: "ada" }), { name: "ADA!", size: 4, half: 2 });
  assert.deepEqual(await run({ size: 1, name: "bo", more: { deep: [1] } }), { size: 3, name: "BO!", more: { deep: [1] }, half: 1.5 });
});

test("merge takes what each child changed, whoever registered it", async () => {
  const run = createPlainFlow({ type: "concurrent", reducer: "merge", children: [{ ref: "louder" }, { ref: "derive", config: { long: "name || name" } }] });
  assert.deepEqual(await run({ name: "ada", n: 1 }), { name: "ada!", n: 1, long: "adaada" });
});

test("numbers with and without a point, nulls and what is no record", async () => {
  const run = createPlainFlow({ ref: "derive", config: { half: "n / 2" } });
  assert.deepEqual(await run({ n: 3 }), { n: 3, half: 1.5 });
  assert.deepEqual(await run({ n: 2.5 }), { n: 2.5, half: 1.25 });
  assert.deepEqual(await run({ n: null }), { n: null, half: null });
  for (const item of [1, "x", null, [1]]) await assert.rejects(run(item), { code: "STEP_FAILED" });
});

test("declared types are read and written as the platform's answers spell them", () => {
  const values = { at: "2024-02-29T12:30:00", day: "2024-02-29", price: "12.50", big: "9007199254740993", small: 7 };
  const declared = { at: "timestamp", day: "date", price: "decimal(10,2)", big: "integer", small: "integer" };
  const typesOf = Object.entries(declared).map(([name, text]) => {
    const parsed = parseType(text);
    assert.ok(parsed.ok);
    return [name, parsed.type] as const;
  });
  const record = createPlainReader(new Map(typesOf)).read(values);
  assert.deepEqual(toPlain(record), values);
});

test("samples share their columns; faults of expressions are told before any runs", async () => {
  const document = "ref: derive\nconfig: { label: \"coalesce(name, 'none')\" }\n";
  const { records } = await testRecordFlow(document, [{ n: 1 }, { name: "x", n: 2.5 }, { n: "many" }]);
  assert.deepEqual(
    records.map(({ output }) => output),
    [
      { n: "1", name: null, label: "none" },
      { n: "2.5", name: "x", label: "x" },
      { n: "many", name: null, label: "none" },
    ],
  );
  await assert.rejects(testRecordFlow(document, [{ n: 1 }]), { code: "FLOW_INVALID" });
});

test("what nodes tell is bounded, and the rest is counted", async () => {
  const document = { type: "sequence", children: Array.from({ length: 3 }, () => ({ type: "filter", predicate: "where", config: { expression: "n > 1" }, then: { ref: "keep", config: { columns: ["n"] } } })) }; // prettier-ignore
  const { records, signals, droppedSignals } = await testRecordFlow(
    document,
    Array.from({ length: 1_000 }, (_, n) => ({ n })),
  );
  assert.deepEqual([records.length, signals.length], [1_000, 2_000]);
  assert.ok(droppedSignals >= 1_000);
});
