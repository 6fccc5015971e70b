import { Skeleton, Tabs, Text } from "@mantine/core";
import type { Run } from "@rivergen/contracts";
import { Suspense } from "react";
import { formatCount } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { resultHeight } from "../result/result-height.ts";
import classes from "./run.module.css";
import { lazyPart } from "../lazy-part.ts";
import { writtenBy } from "./step-facts.ts";

const ResultPanel = lazyPart(() => import("../result/result-panel.tsx").then(({ ResultPanel: component }) => component));
const words = texts.run;

interface RunResultsProps {
  readonly run: Run;
  /** Output that is looked at; default: the first. */
  readonly output?: string | undefined;
  onOutput?(name: string): void;
}

/** What a run wrote, and what its flows set aside; nothing before there is any. */
export function RunResults({ run, output, onOutput }: RunResultsProps) {
  const written = writtenBy(run);
  const [first] = written;
  if (!first) return null;
  const chosen = written.find(({ name }) => name === output) ?? first;
  const { name: shown, rowCount, aside } = chosen;
  const panel = (
    <>
      {aside && (
        <Text size="sm" c="dimmed" mb="sm">
          {words.setAsideText(aside.step)} {rowCount < aside.rows && words.setAsidePart(formatCount(rowCount), formatCount(aside.rows))}
        </Text>
      )}
      <Suspense fallback={<Skeleton height={resultHeight(rowCount)} />}>
        <ResultPanel key={shown} run={run.id} output={shown} rowCount={rowCount} isAside={aside !== undefined} />
      </Suspense>
    </>
  );
  if (written.length === 1 && !aside) return panel;
  return (
    <Tabs value={shown} onChange={(name) => name !== null && onOutput?.(name)} keepMounted={false}>
      <Tabs.List aria-label={words.outputs}>
        {written.map((each) => (
          <Tabs.Tab key={each.name} value={each.name}>
            {each.aside ? words.setAsideBy(each.aside.step) : each.name} <span className={classes.soft}>{formatCount(each.aside?.rows ?? each.rowCount)}</span>
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={shown} pt="sm">
        {panel}
      </Tabs.Panel>
    </Tabs>
  );
}
