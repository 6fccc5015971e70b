import { Anchor, Button, Paper, SegmentedControl, Skeleton, Stack, Text, Title } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, useMemo } from "react";
import { useApi } from "../../api/context.tsx";
import { summarizeUsage, usageLines } from "../../api/queries.ts";
import type { ChartChoice } from "../../components/chart/choose-chart.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import { Page } from "../../components/page.tsx";
import { formatCount, formatNumber, formatPrice, formatTime } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { nameRiver } from "../../texts/river-name.ts";
import classes from "./usage-page.module.css";
import { lazyPart } from "../../components/lazy-part.ts";

const Chart = lazyPart(() => import("../../components/chart/chart.tsx").then(({ Chart: component }) => component));

const words = texts.usage;
const periods = [7, 30, 90, 365] as const;
const dayMs = 86_400_000;

/** What was metered: by day, by river, and line by line. */
export function UsagePage() {
  const { days: given } = useSearch({ from: "/inside/usage" });
  const days = periods.find((period) => String(period) === given) ?? 30;
  const navigate = useNavigate();
  const from = useMemo(() => new Date(startOfDay(Date.now()) - (days - 1) * dayMs).toISOString(), [days]);
  const api = useApi();
  const byDay = useQuery({ ...summarizeUsage(api, "day", from), placeholderData: keepPreviousData });
  const byRiver = useQuery({ ...summarizeUsage(api, "river", from), placeholderData: keepPreviousData });
  return (
    <Page
      title={words.title}
      actions={
        <SegmentedControl
          aria-label={words.period}
          value={String(days)}
          onChange={(value) => void navigate({ to: "/usage", search: { days: value }, replace: true })}
          data={periods.map((period) => ({ value: String(period), label: words.periods[period] }))}
        />
      }
    >
      {byDay.error ? (
        <ErrorState error={byDay.error} onRetry={() => void byDay.refetch()} />
      ) : byDay.data?.groups.length === 0 ? (
        <EmptyState title={words.empty} text={words.emptyText}>
          <Button renderRoot={(props) => <Link to="/ask" {...props} />}>{words.ask}</Button>
        </EmptyState>
      ) : (
        <Stack gap="lg">
          <Days summary={byDay.data} from={from} days={days} />
          <Title order={2}>{words.byRiver}</Title>
          <ListTable
            label={words.byRiver}
            columns={riverColumns}
            items={byRiver.data?.groups.map((group) => ({ ...group, currency: byRiver.data.currency }))}
            keyOf={({ key }) => key ?? ""}
          />
          {byRiver.data && <Lines from={from} />}
        </Stack>
      )}
    </Page>
  );
}

interface Group {
  readonly key: string | null;
  readonly amount: string;
  readonly runs: number;
}

const startOfDay = (time: number): number => time - (time % dayMs);
const { day } = words.columns;

interface DaysProps {
  /** Undefined while it is read. */
  readonly summary: { readonly groups: readonly Group[]; readonly currency: string } | undefined;
  readonly from: string;
  readonly days: number;
}

function Days({ summary, from, days }: DaysProps) {
  const chart = useMemo(() => summary && drawDays(summary, from, days), [summary, from, days]);
  const total = (summary?.groups ?? []).reduce((sum, { amount }) => sum + Number(amount), 0);
  return (
    <Paper withBorder p="md">
      <div className={classes.total}>
        <Text size="sm" c="dimmed">
          {words.total}
        </Text>
        {summary ? <Text className={classes.amount}>{formatPrice(total, summary.currency)}</Text> : <Skeleton height={34} width={160} />}
      </div>
      <div className={classes.chart}>
        {chart && (
          <Suspense fallback={<Skeleton height="100%" />}>
            <Chart {...chart} label={words.chartLabel(days)} />
          </Suspense>
        )}
      </div>
    </Paper>
  );
}

/** Days without use are drawn too: else time would not run evenly. */
function drawDays({ groups, currency }: NonNullable<DaysProps["summary"]>, from: string, days: number) {
  const amount = words.amountIn(currency);
  const known = new Map(groups.map(({ key, amount }) => [key, Number(amount)]));
  const first = new Date(from).getTime();
  const rows = Array.from({ length: days }, (_, index) => {
    const date = new Date(first + index * dayMs).toISOString().slice(0, 10);
    return { [day]: date, [amount]: known.get(date) ?? 0 };
  });
  const choice: ChartChoice = { kind: "bar", x: day, y: [amount], series: null };
  const columns = [
    { name: day, type: "date" },
    { name: amount, type: "double" },
  ];
  return { choice, columns, rows };
}

const riverColumns: readonly ListColumn<Group & { readonly currency: string }>[] = [
  {
    heading: words.columns.river,
    render: ({ key }) =>
      key === null ? (
        <Text inherit c="dimmed">
          {words.noRiver}
        </Text>
      ) : (
        <Anchor renderRoot={(props) => <Link to="/runs" search={{ river: key }} {...props} />}>{nameRiver(key)}</Anchor>
      ),
  },
  { heading: words.columns.runs, isNumber: true, render: ({ runs }) => formatCount(runs) },
  { heading: words.columns.amount, isNumber: true, render: ({ amount, currency }) => formatPrice(amount, currency) },
];

/** Stands below a list of unknown length: shown after it, so that it does not move. */
function Lines({ from }: { readonly from: string }) {
  const query = useInfiniteQuery(usageLines(useApi(), from));
  const items = query.data?.pages.flatMap((page) => page.items.map((item) => ({ ...item, currency: page.currency })));
  type Line = NonNullable<typeof items>[number];
  const lineColumns: readonly ListColumn<Line>[] = [
    { heading: words.columns.time, isMinor: true, render: ({ occurredAt }) => formatTime(occurredAt) },
    { heading: words.columns.meter, render: ({ meter }) => meter },
    {
      heading: words.columns.run,
      isMinor: true,
      render: ({ run, stage }) =>
        run === null ? (
          "–"
        ) : (
          <Anchor renderRoot={(props) => <Link to="/runs/$run" params={{ run }} {...props} />}>{stage === null ? words.columns.run : nameRiver(stage)}</Anchor>
        ),
    },
    { heading: words.columns.quantity, isNumber: true, render: ({ quantity, unit }) => `${formatNumber(quantity)} ${unit}` },
    { heading: words.columns.amount, isNumber: true, render: ({ amount, currency }) => formatPrice(amount, currency) },
  ];
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <Title order={2}>{words.lines}</Title>
      <Text c="dimmed" size="sm">
        {words.linesText}
      </Text>
      <ListTable
        label={words.lines}
        columns={lineColumns}
        items={items}
        keyOf={({ id }) => id}
        onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
        isReadingMore={query.isFetchingNextPage}
      />
    </>
  );
}
