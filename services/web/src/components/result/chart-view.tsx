import { MultiSelect, Select, Skeleton, Text } from "@mantine/core";
import { type RefObject, Suspense, useMemo, useState } from "react";
import { formatCount, formatNumber } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import type { ChartHandle } from "../chart/chart.tsx";
import { type ChartChoice, type ChartColumn, type ChartKind, chartKinds, type ChartRow, isNumeric } from "../chart/choose-chart.ts";
import classes from "./result-panel.module.css";
import { lazyPart } from "../lazy-part.ts";

const Chart = lazyPart(() => import("../chart/chart.tsx").then(({ Chart: component }) => component));

const words = texts.result;

interface ChartViewProps {
  /** What fits the rows, the best first. */
  readonly charts: readonly ChartChoice[];
  readonly columns: readonly ChartColumn[];
  readonly rows: readonly ChartRow[];
  /** Rows in all; more than those given where a result is large. */
  readonly rowCount: number | null;
  readonly handle: RefObject<ChartHandle | null>;
}

/** A chart that was chosen by the shape of the rows, and can be changed. */
export function ChartView({ charts, columns, rows, rowCount, handle }: ChartViewProps) {
  const [changed, setChanged] = useState<ChartChoice>();
  const choice = changed ?? (charts[0] as ChartChoice);
  return (
    <div className={classes.chart}>
      <Controls choice={choice} charts={charts} columns={columns} onChange={setChanged} />
      {choice.kind === "number" ? (
        <Numbers choice={choice} rows={rows} />
      ) : (
        <div className={classes.drawing}>
          <Suspense fallback={<Skeleton height="100%" />}>
            <Chart choice={choice} columns={columns} rows={rows} label={describe(choice)} handle={handle} />
          </Suspense>
        </div>
      )}
      {rowCount !== null && rowCount > rows.length && (
        <Text size="xs" c="dimmed">
          {words.drawn(formatCount(rows.length), formatCount(rowCount))}
        </Text>
      )}
    </div>
  );
}

const describe = ({ kind, x, y }: ChartChoice): string => words.chartLabel(words.kinds[kind], x ?? "", y.join(", "));

interface ControlsProps {
  readonly choice: ChartChoice;
  readonly charts: readonly ChartChoice[];
  readonly columns: readonly ChartColumn[];
  onChange(choice: ChartChoice): void;
}

function Controls({ choice, charts, columns, onChange }: ControlsProps) {
  const numeric = useMemo(() => columns.filter(isNumeric).map(({ name }) => name), [columns]);
  const names = columns.map(({ name }) => name);
  const kinds = new Set<ChartKind>([...charts.map(({ kind }) => kind), ...freeKinds.filter(() => numeric.length > 0 && columns.length > 1)]);
  const switchTo = (kind: ChartKind): void =>
    onChange(charts.find((known) => known.kind === kind) ?? { ...choice, kind, x: choice.x ?? names[0] ?? null, y: withMeasure(choice, numeric) });
  const hasAxes = choice.kind !== "number" && choice.kind !== "points";
  if (kinds.size === 1 && !hasAxes) return null;
  return (
    <div className={classes.controls}>
      <Select
        label={words.kind}
        size="xs"
        allowDeselect={false}
        value={choice.kind}
        onChange={(value) => switchTo(value as ChartKind)}
        data={chartKinds.filter((kind) => kinds.has(kind)).map((value) => ({ value, label: words.kinds[value] }))}
      />
      {hasAxes && (
        <>
          <Select label={words.xAxis} size="xs" allowDeselect={false} value={choice.x} onChange={(x) => onChange({ ...choice, x })} data={names} />
          <MultiSelect
            label={words.yAxis}
            size="xs"
            value={[...choice.y]}
            onChange={(y) => y.length > 0 && onChange({ ...choice, y: choice.series === null ? y : y.slice(-1) })}
            data={numeric}
          />
        </>
      )}
      {(choice.kind === "bar" || choice.kind === "line" || choice.kind === "area") && (
        <Select
          label={words.series}
          size="xs"
          clearable
          placeholder={words.none}
          value={choice.series}
          onChange={(series) => onChange({ ...choice, series, y: series === null ? choice.y : choice.y.slice(0, 1) })}
          data={names.filter((name) => name !== choice.x && !choice.y.includes(name))}
        />
      )}
    </div>
  );
}

/** Kinds that can be tried whatever the rows are. */
const freeKinds = ["bar", "line", "area", "scatter"] as const;
const withMeasure = ({ x, y }: ChartChoice, numeric: readonly string[]): readonly string[] => {
  const rest = y.filter((name) => name !== x);
  return rest.length > 0 ? rest : numeric.filter((name) => name !== x).slice(0, 1);
};

function Numbers({ choice, rows }: { readonly choice: ChartChoice; readonly rows: readonly ChartRow[] }) {
  return (
    <div className={classes.numbers}>
      {choice.y.map((name) => (
        <div key={name}>
          <div className={classes.number}>{showNumber(rows[0]?.[name])}</div>
          <Text c="dimmed">{name}</Text>
        </div>
      ))}
    </div>
  );
}

/** Texts are exact numbers too long for a double: they are shown as they came. */
const showNumber = (value: unknown): string =>
  typeof value === "number" ? formatNumber(Math.round(value * 1e6) / 1e6) : typeof value === "string" ? value : "∅";
