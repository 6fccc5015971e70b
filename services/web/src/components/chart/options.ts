import type { EChartsCoreOption } from "echarts/core";
import { seriesColors } from "../../design/theme.ts";
import { formatCompact, formatNumber } from "../../texts/format.ts";
import { type ChartChoice, type ChartColumn, type ChartRow, findState, isTemporal } from "./choose-chart.ts";

/** Colours of the page, read from its tokens when a chart is drawn. */
export interface ChartInk {
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly surface: string;
  readonly land: string;
}

/** Integers beyond 2^53 and decimals come as texts. */
const toNumber = (value: unknown): number | null => {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
};
const toLabel = (value: unknown): string =>
  value === null || value === undefined ? "∅" : typeof value === "object" ? JSON.stringify(value) : String(value as string);

/** What ECharts draws for a choice; every text is drawn on the canvas, none becomes HTML. */
export function createOption(choice: ChartChoice, columns: readonly ChartColumn[], rows: readonly ChartRow[], ink: ChartInk): EChartsCoreOption {
  const common = {
    animation: false,
    color: [...seriesColors],
    backgroundColor: ink.surface,
    textStyle: { color: ink.text, fontFamily: "system-ui, sans-serif" },
    tooltip: { renderMode: "richText", confine: true, trigger: "item", backgroundColor: ink.surface, borderColor: ink.line, textStyle: { color: ink.text } },
    aria: { enabled: true },
  };
  if (choice.kind === "states") return { ...common, ...drawStates(choice, rows, ink) };
  if (choice.kind === "points") return { ...common, ...drawPoints(choice, rows, ink) };
  if (choice.kind === "scatter") return { ...common, ...drawScatter(choice, rows, ink) };
  return {
    ...common,
    ...drawAxes(choice, columns, rows, ink),
    tooltip: { ...common.tooltip, trigger: "axis", axisPointer: { type: choice.kind === "bar" ? "shadow" : "line" } },
  };
}

const valueAxis = (ink: ChartInk, name: string) => ({
  type: "value",
  name,
  nameTextStyle: { color: ink.soft },
  axisLabel: { color: ink.soft, formatter: (value: number) => formatCompact(value) },
  splitLine: { lineStyle: { color: ink.line } },
});
const grid = { left: 12, right: 24, top: 40, bottom: 12, containLabel: true };
const legend = (ink: ChartInk, shown: boolean) => ({ show: shown, top: 4, type: "scroll", textStyle: { color: ink.text } });

function drawAxes(choice: ChartChoice, columns: readonly ChartColumn[], rows: readonly ChartRow[], ink: ChartInk): EChartsCoreOption {
  const x = choice.x ?? "";
  const isTime = columns.some((column) => column.name === x && isTemporal(column));
  const onTime = isTime && choice.kind !== "bar";
  const categories = onTime ? [] : [...new Set(rows.map((row) => toLabel(row[x])))];
  // Many or long names are readable only when they stand below each other.
  const isLying = choice.kind === "bar" && !isTime && (categories.length > 12 || categories.some((name) => name.length > 14));
  const measures = splitSeries(choice, rows);
  const values = valueAxis(ink, measures.length === 1 ? (choice.y[0] ?? "") : "");
  const axis = categoryAxis(onTime, categories, isLying, ink);
  return {
    grid,
    legend: legend(ink, measures.length > 1),
    xAxis: isLying ? values : axis,
    yAxis: isLying ? axis : values,
    series: measures.map(({ name, measure, rows: own }) => ({
      name,
      ...seriesStyle(choice, own.length, measures.length > 1),
      data: onTime ? own.map((row) => [toLabel(row[x]), toNumber(row[measure])]) : alignTo(categories, own, x, measure),
    })),
  };
}

function categoryAxis(onTime: boolean, categories: readonly string[], isLying: boolean, ink: ChartInk): object {
  const axisLine = { lineStyle: { color: ink.line } };
  if (onTime) return { type: "time", axisLabel: { color: ink.soft }, axisLine };
  return { type: "category", data: categories, inverse: isLying, axisLabel: { color: ink.soft, width: 160, overflow: "truncate" }, axisLine };
}

function seriesStyle({ kind }: ChartChoice, points: number, isOneOfMany: boolean): object {
  if (kind === "bar") return { type: "bar" };
  const line = { type: "line", showSymbol: points <= 60 };
  return kind === "area" ? { ...line, areaStyle: { opacity: 0.25 }, ...(isOneOfMany ? { stack: "all" } : {}) } : line;
}

function splitSeries(choice: ChartChoice, rows: readonly ChartRow[]): { name: string; measure: string; rows: readonly ChartRow[] }[] {
  const { series, y } = choice;
  if (series === null) return y.map((measure) => ({ name: measure, measure, rows }));
  return [...Map.groupBy(rows, (row) => toLabel(row[series]))].map(([name, own]) => ({ name, measure: y[0] ?? "", rows: own }));
}

function alignTo(categories: readonly string[], rows: readonly ChartRow[], x: string, measure: string): (number | null)[] {
  const byName = new Map(rows.map((row) => [toLabel(row[x]), toNumber(row[measure])]));
  return categories.map((name) => byName.get(name) ?? null);
}

function drawScatter(choice: ChartChoice, rows: readonly ChartRow[], ink: ChartInk): EChartsCoreOption {
  const x = choice.x ?? "";
  const y = choice.y[0] ?? "";
  return {
    grid,
    xAxis: { ...valueAxis(ink, x), nameLocation: "middle", nameGap: 28, scale: true },
    yAxis: { ...valueAxis(ink, y), scale: true },
    series: [{ type: "scatter", symbolSize: 6, itemStyle: { opacity: 0.65 }, large: true, data: rows.map((row) => [toNumber(row[x]), toNumber(row[y])]) }],
  };
}

/** Low to high without red beside green. */
const scale = ["#cfe8f3", "#56b4e9", "#0072b2", "#083a5e"];
const visual = (values: readonly (number | null)[], ink: ChartInk) => {
  const known = values.filter((value) => value !== null);
  return {
    min: known.length > 0 ? Math.min(...known) : 0,
    max: known.length > 0 ? Math.max(...known) : 1,
    calculable: true,
    left: 8,
    bottom: 8,
    inRange: { color: scale },
    textStyle: { color: ink.soft },
    formatter: (value: number) => formatNumber(Math.round(value * 100) / 100),
  };
};

function drawStates(choice: ChartChoice, rows: readonly ChartRow[], ink: ChartInk): EChartsCoreOption {
  const measure = choice.y[0] ?? "";
  const data = rows.flatMap((row) => {
    const name = findState(toLabel(row[choice.x ?? ""]));
    return name === undefined ? [] : [{ name, value: toNumber(row[measure]) }];
  });
  return {
    visualMap: visual(
      data.map(({ value }) => value),
      ink,
    ),
    series: [
      {
        type: "map",
        map: "us-states",
        name: measure,
        data,
        itemStyle: { areaColor: ink.land, borderColor: ink.line },
        emphasis: { label: { show: false } },
        select: { disabled: true },
      },
    ],
  };
}

function drawPoints(choice: ChartChoice, rows: readonly ChartRow[], ink: ChartInk): EChartsCoreOption {
  const [latitude = "", measure] = choice.y;
  const points = rows.map((row) => [toNumber(row[choice.x ?? ""]), toNumber(row[latitude]), measure === undefined ? null : toNumber(row[measure])] as const);
  const known = points.filter(([x, y]) => x !== null && y !== null);
  const span = (pick: (point: (typeof known)[number]) => number | null): [number, number] => {
    const values = known.map((point) => pick(point) ?? 0);
    return [Math.min(...values), Math.max(...values)];
  };
  const [west, east] = span(([x]) => x);
  const [south, north] = span(([, y]) => y);
  const margin = Math.max(1, (east - west) * 0.05, (north - south) * 0.05);
  return {
    geo: {
      map: "world",
      roam: true,
      silent: true,
      itemStyle: { areaColor: ink.land, borderColor: ink.line },
      boundingCoords: [
        [west - margin, north + margin],
        [east + margin, south - margin],
      ],
    },
    ...(measure === undefined
      ? {}
      : {
          visualMap: {
            ...visual(
              points.map(([, , value]) => value),
              ink,
            ),
            dimension: 2,
          },
        }),
    series: [{ type: "scatter", coordinateSystem: "geo", symbolSize: 6, itemStyle: { opacity: 0.75 }, data: known }],
  };
}
