import { useComputedColorScheme } from "@mantine/core";
import { BarChart, LineChart, MapChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GeoComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import classes from "./chart.module.css";
import type { ChartChoice, ChartColumn, ChartRow } from "./choose-chart.ts";
import { loadMap } from "./maps.ts";
import { chartHeight, type ChartInk, createOption } from "./options.ts";

use([
  BarChart,
  LineChart,
  MapChart,
  ScatterChart,
  AriaComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

/** What a page may ask of a drawn chart. */
export interface ChartHandle {
  /** The picture as a `data:` URL, twice as fine as on the screen. */
  toPng(): string | undefined;
}

interface ChartProps {
  readonly choice: ChartChoice;
  readonly columns: readonly ChartColumn[];
  readonly rows: readonly ChartRow[];
  /** Says in words what is drawn; the table beside holds the same values. */
  readonly label: string;
  readonly handle?: Ref<ChartHandle>;
}

/** Draws rows by a choice; follows the size of its place and the colours of the page. */
export function Chart({ choice, columns, rows, label, handle }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const scheme = useComputedColorScheme("light");
  useImperativeHandle(handle, () => ({ toPng: () => chart.current?.getDataURL({ type: "png", pixelRatio: 2 }) }), []);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const own = init(element);
    chart.current = own;
    const observer = new ResizeObserver(() => own.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      own.dispose();
      chart.current = undefined;
    };
  }, []);
  useEffect(() => {
    let isCurrent = true;
    void loadMap(choice.kind).then(() => {
      const element = place.current;
      if (!isCurrent || !element || !chart.current) return;
      element.style.height = "";
      const { clientWidth: width, clientHeight } = element;
      const room = { width, height: chartHeight(choice, columns, rows, { width, height: clientHeight }) };
      element.style.height = `${room.height}px`;
      chart.current.resize();
      chart.current.setOption(createOption(choice, columns, rows, { ...readInk(element), isDark: scheme === "dark" }, room), { notMerge: true });
    });
    return () => {
      isCurrent = false;
    };
  }, [choice, columns, rows, scheme]);
  return <div ref={place} className={classes.chart} role="img" aria-label={label} />;
}

function readInk(element: Element): Omit<ChartInk, "isDark"> {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return { text: read("--rg-text"), soft: read("--rg-soft"), line: read("--rg-line"), surface: read("--rg-surface"), land: read("--rg-sunken") };
}
