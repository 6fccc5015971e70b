import { Button, Menu, SegmentedControl, Skeleton, Text } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useApi } from "../../api/context.tsx";
import { firstRows } from "../../api/queries.ts";
import { useToast } from "../../app/toasts.tsx";
import { texts } from "../../texts/index.ts";
import type { ChartHandle } from "../chart/chart.tsx";
import { chooseCharts } from "../chart/choose-chart.ts";
import { DataTable } from "../data-table/data-table.tsx";
import { EmptyState } from "../empty-state.tsx";
import { ErrorState } from "../error-state.tsx";
import { ChartView } from "./chart-view.tsx";
import { resultHeight } from "./result-height.ts";
import { downloadFormats, downloadOutput, saveAs } from "./download.ts";
import classes from "./result-panel.module.css";
import { useOutputRows } from "./use-output-rows.ts";

const words = texts.result;
/** Row number, node, code and reason. */
const reasonColumns = 4;

interface ResultPanelProps {
  /** Its id. */
  readonly run: string;
  /** Name of the output. */
  readonly output: string;
  readonly rowCount: number;
  /** Whether it holds records with the reason why they were set aside: read as rows, the reasons first. */
  readonly isAside?: boolean;
}

/** What a run wrote: as a table and as the chart that fits it, and to take away. */
export function ResultPanel({ run, output, rowCount, isAside = false }: ResultPanelProps) {
  const first = useQuery(firstRows(useApi(), run, output));
  const columns = useMemo(() => first.data && (isAside ? reasonsFirst(first.data.columns) : first.data.columns), [first.data, isAside]);
  const charts = useMemo(() => (first.data ? chooseCharts(first.data.columns, first.data.rows) : []), [first.data]);
  const [wanted, setWanted] = useState<"table" | "chart">();
  const chart = useRef<ChartHandle>(null);
  const source = useOutputRows(run, output, columns, rowCount);
  if (first.error) return <ErrorState error={first.error} onRetry={() => void first.refetch()} />;
  if (rowCount === 0) return <EmptyState title={words.empty} text={words.emptyText} />;
  // Points are what is left to draw of a plain list of rows: it is better read.
  const view = wanted ?? (!isAside && charts.length > 0 && charts[0]?.kind !== "scatter" ? "chart" : "table");
  return (
    <section className={classes.panel} aria-label={words.title} style={{ minHeight: resultHeight(rowCount) }}>
      <div className={classes.bar}>
        <SegmentedControl
          aria-label={words.view}
          size="xs"
          value={view}
          onChange={(value) => setWanted(value as "table" | "chart")}
          data={[
            { value: "chart", label: words.chart, disabled: first.data !== undefined && charts.length === 0 },
            { value: "table", label: words.table },
          ]}
        />
        <div className={classes.end}>
          <Downloads run={run} output={output} chart={() => (view === "chart" ? chart.current?.toPng() : undefined)} hasChart={view === "chart"} />
        </div>
      </div>
      {!first.data || !source ? (
        <Skeleton height={resultHeight(rowCount) - 44} />
      ) : view === "table" ? (
        <DataTable source={source} label={words.title} />
      ) : charts.length === 0 ? (
        <Text c="dimmed" p="lg">
          {words.noChart}
        </Text>
      ) : (
        <ChartView charts={charts} columns={first.data.columns} rows={first.data.rows} rowCount={rowCount} handle={chart} />
      )}
    </section>
  );
}

/** The reasons stand in the last columns, behind those of the record. */
function reasonsFirst<T>(columns: readonly T[]): T[] {
  const [row, node, code, reason] = columns.slice(-reasonColumns);
  return [row, reason, node, code, ...columns.slice(0, -reasonColumns)].filter((column) => column !== undefined);
}

interface DownloadsProps {
  readonly run: string;
  readonly output: string;
  readonly hasChart: boolean;
  /** The picture as a `data:` URL. */
  readonly chart: () => string | undefined;
}

function Downloads({ run, output, hasChart, chart }: DownloadsProps) {
  const api = useApi();
  const toast = useToast();
  const [isBusy, setIsBusy] = useState(false);
  const take = async (work: () => Promise<void>): Promise<void> => {
    setIsBusy(true);
    try {
      await work();
    } catch (error) {
      toast({ title: words.downloadFailed, text: (error as Error).message, tone: "bad" });
    } finally {
      setIsBusy(false);
    }
  };
  const takePicture = async (): Promise<void> => {
    const picture = chart();
    if (picture !== undefined) saveAs(toBlob(picture), `${output}.png`);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          loading={isBusy}
          leftSection={<IconDownload size={14} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {words.download}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {hasChart && <Menu.Item onClick={() => void take(takePicture)}>{words.png}</Menu.Item>}
        {downloadFormats.map((format) => (
          <Menu.Item key={format} onClick={() => void take(() => downloadOutput(api, run, output, format))}>
            {words.formats[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Pages of this policy may not fetch `data:` addresses. */
function toBlob(dataUrl: string): Blob {
  const bytes = Uint8Array.from(atob(dataUrl.slice(dataUrl.indexOf(",") + 1)), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: "image/png" });
}
