import { Text } from "@mantine/core";
import type { Quote, Run } from "@rivergen/contracts";
import { formatCount, formatDuration, formatPrice } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { type Interval, readInterval } from "./interval.ts";
import classes from "./river.module.css";

const words = texts.rivers.quote;

interface QuoteFactsProps {
  readonly quote: Quote;
  /** What it came to, once it ran. */
  readonly actual?: { readonly rows: number | undefined; readonly metered: Run["metered"] } | undefined;
}

/** What is expected in rows, time and money, with the interval and what it stands on; and beside it what it came to. */
export function QuoteFacts({ quote: { rows, durationMs, price, basis }, actual }: QuoteFactsProps) {
  const money = (value: number | string): string => formatPrice(value, price.currency);
  const metered = actual?.metered;
  return (
    <div className={classes.quote}>
      <dl className={classes.facts}>
        <Fact name={words.rows} interval={rows} format={formatCount} actual={actual?.rows === undefined ? undefined : formatCount(actual.rows)} />
        <Fact name={words.time} interval={durationMs} format={formatDuration} actual={metered ? formatDuration(metered.durationMs) : undefined} />
        <Fact name={words.price} interval={price} format={money} actual={metered ? formatPrice(metered.price, metered.currency) : undefined} />
      </dl>
      <Text size="xs" c="dimmed">
        {words.basis}: {basis}
      </Text>
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly interval: Interval;
  readonly actual: string | undefined;
  format(value: number): string;
}

function Fact({ name, interval, actual, format }: FactProps) {
  const { likely, range } = readInterval(interval, format, words);
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>
        <span className={classes.likely}>{actual ?? likely}</span>
        <span className={classes.range}>{actual === undefined ? range : [words.quoted(likely), range].filter(Boolean).join(" · ")}</span>
      </dd>
    </div>
  );
}
