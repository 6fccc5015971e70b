import { Skeleton, Tabs } from "@mantine/core";
import type { Run } from "@rivergen/contracts";
import { Suspense } from "react";
import { formatCount } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { resultHeight } from "../result/result-height.ts";
import classes from "./run.module.css";
import { lazyPart } from "../lazy-part.ts";

const ResultPanel = lazyPart(() => import("../result/result-panel.tsx").then(({ ResultPanel: component }) => component));
const words = texts.run;

interface RunResultsProps {
  readonly run: Run;
  /** Output that is looked at; default: the first. */
  readonly output?: string | undefined;
  onOutput?(name: string): void;
}

/** What a run wrote; nothing before it has. */
export function RunResults({ run, output, onOutput }: RunResultsProps) {
  const [first] = run.outputs;
  if (!first) return null;
  const chosen = run.outputs.find(({ name }) => name === output) ?? first;
  const panel = (
    <Suspense fallback={<Skeleton height={resultHeight(chosen.rowCount)} />}>
      <ResultPanel key={chosen.name} run={run} output={chosen.name} />
    </Suspense>
  );
  if (run.outputs.length === 1) return panel;
  return (
    <Tabs value={chosen.name} onChange={(name) => name !== null && onOutput?.(name)} keepMounted={false}>
      <Tabs.List aria-label={words.outputs}>
        {run.outputs.map(({ name, rowCount }) => (
          <Tabs.Tab key={name} value={name}>
            {name} <span className={classes.soft}>{formatCount(rowCount)}</span>
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={chosen.name} pt="sm">
        {panel}
      </Tabs.Panel>
    </Tabs>
  );
}
