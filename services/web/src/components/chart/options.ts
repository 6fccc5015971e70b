import type { EChartsCoreOption } from "echarts/core";
import { seriesColors } from "../../design/theme.ts";
import { formatCompact, formatNumber } from "../../texts/format.ts";
import { formatOf } from "../data-table/format-cell.ts";
import { type ChartChoice, type ChartColumn, type ChartRow, findState, isNumeric, isTemporal } from "./choose-chart.ts";

/** Colours of the page, read from its tokens when a chart is drawn. */
export interface ChartInk {
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly surface: string;
  readonly land: string;
  /** The page is dark: what is much is light, not dark. */
  readonly isDark: boolean;
}
/** Pixels that a chart has to itself. */
export interface ChartRoom {
  readonly width: number;
  readonly height: number;
}

/** Integers beyond 2^53 and decimals come as texts. */
const toNumber = (value: unknown): number | null => {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
};
const toLabel = (value: unknown): string =>
  value === null || value === undefined ? "∅" : typeof value === "object" ? JSON.stringify(value) : String(value as string);

const toValue = (value: unknown): string => (typeof value === "number" ? formatNumber(Math.round(value * 1e6) / 1e6) : toLabel(value));

const lyingBar = 17;
/** Pixels that a chart should be high, of `room` at least: names below each other are all to be read. */
export function chartHeight(choice: ChartChoice, columns: readonly ChartColumn[], rows: readonly ChartRow[], room: ChartRoom): number {
  const names = choice.kind === "bar" ? namesOf(choice, columns, rows) : [];
  const bars = names.length * (choice.series === null ? choice.y.length : 1);
  return isLying(choice, columns, names, room.width) ? Math.max(room.height, 80 + bars * lyingBar) : room.height;
}

/** What ECharts draws for a choice; every text is drawn on the canvas, none becomes HTML. */
export function createOption(
  choice: ChartChoice,
  columns: readonly ChartColumn[],
  rows: readonly ChartRow[],
  ink: ChartInk,
  room: ChartRoom,
): EChartsCoreOption {
  const tooltip = { renderMode: "richText", confine: true, backgroundColor: ink.surface, borderColor: ink.line, textStyle: { color: ink.text } };
  const common = {
    animation: false,
    color: [...seriesColors],
    backgroundColor: ink.surface,
    textStyle: { color: ink.text, fontFamily: 'Inter, "Segoe UI", system-ui, sans-serif' },
    tooltip: { ...tooltip, trigger: "item", valueFormatter: toValue },
    aria: { enabled: true },
  };
  if (choice.kind === "states") return { ...common, ...drawStates(choice, rows, ink, room) };
  if (choice.kind === "points") return { ...common, ...drawPoints(choice, columns, rows, ink) };
  if (choice.kind === "scatter") return { ...common, ...drawScatter(choice, columns, rows, ink) };
  const axisPointer = { type: choice.kind === "bar" ? "shadow" : "line", label: { show: false } };
  return { ...common, ...drawAxes(choice, columns, rows, ink, room.width), tooltip: { ...common.tooltip, trigger: "axis", axisPointer } };
}

const nameStyle = (ink: ChartInk) => ({ color: ink.soft, fontWeight: 600, padding: 7 });
const valueAxis = (ink: ChartInk, name: string) => ({
  type: "value",
  name,
  nameLocation: "middle",
  nameGap: 14,
  nameTextStyle: nameStyle(ink),
  axisLabel: { color: ink.soft, hideOverlap: true, formatter: (value: number) => formatCompact(value) },
  splitLine: { lineStyle: { color: ink.line } },
});
/** Names of axes count as part of the drawing: none is cut off. */
const grid = { left: 14, right: 26, top: 22, bottom: 12, outerBoundsMode: "same", outerBoundsContain: "all" };
const gridBelowLegend = { ...grid, top: 48 };
const legend = (ink: ChartInk, shown: boolean) => ({ show: shown, top: 4, type: "scroll", textStyle: { color: ink.text }, pageTextStyle: { color: ink.soft } });

function drawAxes(choice: ChartChoice, columns: readonly ChartColumn[], rows: readonly ChartRow[], ink: ChartInk, width: number): EChartsCoreOption {
  const x = choice.x ?? "";
  const onTime = choice.kind !== "bar" && isOnTime(choice, columns);
  const names = onTime ? [] : namesOf(choice, columns, rows);
  const lies = isLying(choice, columns, names, width);
  const measures = splitSeries(choice, onTime ? inOrder(rows, x) : rows);
  const values = valueAxis(ink, choice.series !== null || measures.length === 1 ? (choice.y[0] ?? "") : "");
  const axis = nameAxis(onTime, names, lies, ink, x);
  return {
    grid: measures.length > 1 ? gridBelowLegend : grid,
    legend: legend(ink, measures.length > 1),
    xAxis: lies ? values : axis,
    yAxis: lies ? axis : values,
    series: measures.map(({ name, measure, rows: own }, index) => ({
      name,
      ...seriesStyle(choice, own.length, measures.length > 1, index),
      data: onTime ? own.map((row) => [toLabel(row[x]), toNumber(row[measure])]) : alignTo(names, own, nameOf(columns, x), x, measure),
    })),
  };
}

const isOnTime = ({ x }: ChartChoice, columns: readonly ChartColumn[]): boolean => columns.some((column) => column.name === x && isTemporal(column));

/** Many or long names are readable only when they stand below each other. */
function isLying(choice: ChartChoice, columns: readonly ChartColumn[], names: readonly string[], width: number): boolean {
  if (choice.kind !== "bar" || isOnTime(choice, columns)) return false;
  const longest = Math.max(0, ...names.map(({ length }) => length));
  return names.length > 12 || names.length * (longest * 7.5 + 16) > width - 60;
}

/** How values along the axis are written: as in the table. */
function nameOf(columns: readonly ChartColumn[], x: string): (value: unknown) => string {
  const column = columns.find(({ name }) => name === x);
  const format = column ? formatOf(column) : toLabel;
  return (value) => (value === null || value === undefined ? "∅" : format(value));
}

/** Names along the axis: as the rows come, but numbers and times of lines in their own order. */
function namesOf(choice: ChartChoice, columns: readonly ChartColumn[], rows: readonly ChartRow[]): readonly string[] {
  const x = choice.x ?? "";
  const isOrdered = columns.some((column) => column.name === x && (isTemporal(column) || (choice.kind !== "bar" && isNumeric(column))));
  return [...new Set((isOrdered ? inOrder(rows, x) : rows).map((row) => nameOf(columns, x)(row[x])))];
}

/** Lines go from left to right, in whatever order the rows came. */
function inOrder(rows: readonly ChartRow[], x: string): readonly ChartRow[] {
  const place = (row: ChartRow): number => toNumber(row[x]) ?? Date.parse(toLabel(row[x]));
  return rows.toSorted((one, other) => place(one) - place(other) || 0);
}

function nameAxis(onTime: boolean, names: readonly string[], lies: boolean, ink: ChartInk, name: string): object {
  const axisLine = { lineStyle: { color: ink.line } };
  const axisTick = { lineStyle: { color: ink.line } };
  const title = { name, nameLocation: "middle", nameGap: 14, nameTextStyle: nameStyle(ink) };
  const axisLabel = { color: ink.soft, hideOverlap: true };
  if (onTime) return { type: "time", ...title, axisLabel, axisLine, axisTick };
  const cut = { ...axisLabel, width: 160, overflow: "truncate", ...(lies ? { interval: 0, fontSize: 11 } : {}) };
  return { type: "category", ...title, data: names, inverse: lies, axisLabel: cut, axisLine, axisTick: lies ? { show: false } : axisTick };
}

/** Lines are told apart by their marks too, not by colour alone. */
const symbols = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect", "emptyTriangle", "emptyDiamond"] as const;

function seriesStyle({ kind }: ChartChoice, points: number, isOneOfMany: boolean, index: number): object {
  if (kind === "bar") return { type: "bar", barMaxWidth: 72, barCategoryGap: "28%" };
  const line = { type: "line", lineStyle: { width: 2 }, symbol: symbols[index % symbols.length], symbolSize: 6, showSymbol: points <= 60 };
  return kind === "area" ? { ...line, areaStyle: { opacity: 0.25 }, ...(isOneOfMany ? { stack: "all" } : {}) } : line;
}

function splitSeries(choice: ChartChoice, rows: readonly ChartRow[]): { name: string; measure: string; rows: readonly ChartRow[] }[] {
  const { series, y } = choice;
  if (series === null) return y.map((measure) => ({ name: measure, measure, rows }));
  return [...Map.groupBy(rows, (row) => toLabel(row[series]))].map(([name, own]) => ({ name, measure: y[0] ?? "", rows: own }));
}

function alignTo(names: readonly string[], rows: readonly ChartRow[], name: (value: unknown) => string, x: string, measure: string): (number | null)[] {
  const byName = new Map(rows.map((row) => [name(row[x]), toNumber(row[measure])]));
  return names.map((each) => byName.get(each) ?? null);
}

function drawScatter(choice: ChartChoice, columns: readonly ChartColumn[], rows: readonly ChartRow[], ink: ChartInk): EChartsCoreOption {
  const x = choice.x ?? "";
  const y = choice.y[0] ?? "";
  const onTime = isOnTime(choice, columns);
  const isNumber = columns.some((column) => column.name === x && isNumeric(column));
  const names = onTime || isNumber ? [] : namesOf(choice, columns, rows);
  const place = onTime ? toLabel : isNumber ? toNumber : nameOf(columns, x);
  return {
    grid,
    xAxis: isNumber ? { ...valueAxis(ink, x), scale: true } : nameAxis(onTime, names, false, ink, x),
    yAxis: { ...valueAxis(ink, y), scale: true },
    series: [{ type: "scatter", symbolSize: 6, itemStyle: { opacity: 0.65 }, large: true, data: rows.map((row) => [place(row[x]), toNumber(row[y])]) }],
  };
}

/** Low to high without red beside green. */
const scale = ["#cfe8f3", "#56b4e9", "#0072b2", "#083a5e"];
const visual = (name: string, values: readonly (number | null)[], ink: ChartInk) => {
  const known = values.filter((value) => value !== null);
  const [min, max] = known.length > 0 ? [Math.min(...known), Math.max(...known)] : [0, 1];
  const write = (value: number): string => formatNumber(Math.round(value * 100) / 100);
  return {
    min,
    max: max > min ? max : min + 1,
    orient: "horizontal",
    text: [`${write(max)}  ${name}`, write(min)],
    left: "center",
    bottom: 4,
    itemHeight: 110,
    inRange: { color: ink.isDark ? scale.toReversed() : scale },
    textStyle: { color: ink.soft },
  };
};

const widthByHeight = 1.6;
const legendHeight = 36;
function drawStates(choice: ChartChoice, rows: readonly ChartRow[], ink: ChartInk, { width, height }: ChartRoom): EChartsCoreOption {
  const measure = choice.y[0] ?? "";
  const data = rows.flatMap((row) => {
    const name = findState(toLabel(row[choice.x ?? ""]));
    return name === undefined ? [] : [{ name, value: toNumber(row[measure]) }];
  });
  return {
    visualMap: visual(
      measure,
      data.map(({ value }) => value),
      ink,
    ),
    series: [
      {
        type: "map",
        map: "us-states",
        name: measure,
        data,
        // The shapes are projected already.
        aspectScale: 1,
        layoutCenter: ["50%", (height - legendHeight) / 2],
        layoutSize: Math.min(width - 24, (height - legendHeight - 16) * widthByHeight),
        itemStyle: { areaColor: ink.land, borderColor: ink.surface },
        emphasis: { label: { show: false }, itemStyle: { areaColor: null, borderColor: ink.text, borderWidth: 1.5 } },
        select: { disabled: true },
      },
    ],
  };
}

function drawPoints(choice: ChartChoice, columns: readonly ChartColumn[], rows: readonly ChartRow[], ink: ChartInk): EChartsCoreOption {
  const [latitude = "", measure] = choice.y;
  const title = columns.find(({ type }) => type === "string")?.name;
  const points = rows.flatMap((row) => {
    const [x, y] = [toNumber(row[choice.x ?? ""]), toNumber(row[latitude])];
    const name = title === undefined ? "" : toLabel(row[title]);
    return x === null || y === null ? [] : [{ name, value: [x, y, measure === undefined ? null : toNumber(row[measure])] as const }];
  });
  const span = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const [west, east] = span(points.map(({ value: [x] }) => x));
  const [south, north] = span(points.map(({ value: [, y] }) => y));
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
              measure,
              points.map(({ value: [, , size] }) => size),
              ink,
            ),
            dimension: 2,
          },
        }),
    series: [{ type: "scatter", coordinateSystem: "geo", symbolSize: 6, itemStyle: { opacity: 0.75 }, data: points }],
  };
}
