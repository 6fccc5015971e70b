import { Badge } from "@mantine/core";
import type { Profile } from "@rivergen/contracts";
import { formatOf } from "../../../components/data-table/format-cell.ts";
import { kindOf } from "../../../components/data-table/row-source.ts";
import { formatCount, formatNumber } from "../../../texts/format.ts";
import { texts } from "../../../texts/index.ts";
import { boundFormat } from "./bound-format.ts";
import { Histogram } from "./histogram.tsx";
import classes from "./profile.module.css";

const words = texts.data.profile;
export type ProfiledColumn = Profile["columns"][number];
const shownTop = 5;

interface ColumnProfileProps {
  readonly profile: ProfiledColumn;
  /** Rows that were counted. */
  readonly rowCount: number;
  readonly labels: readonly string[];
}

/** One column: its shape in a small picture, and the figures under it. */
export function ColumnProfile({ profile, rowCount, labels }: ColumnProfileProps) {
  const { name, type, nullCount, distinctCount, distinctIsExact, histogram } = profile;
  const distinct = formatCount(distinctCount);
  return (
    <article className={classes.card} aria-label={name}>
      <header className={classes.head}>
        <h2 className={classes.name} title={name}>
          {name}
        </h2>
        <span className={classes.type}>{type}</span>
      </header>
      <div className={classes.picture}>
        {histogram && histogram.length > 1 ? <Histogram profile={profile} histogram={histogram} /> : <TopValues profile={profile} rowCount={rowCount} />}
      </div>
      <dl className={classes.figures}>
        <Figure name={words.nulls} value={nullCount === 0 ? "0" : words.share(nullCount, rowCount)} title={formatCount(nullCount)} isLoud={nullCount > 0} />
        <Figure name={words.distinct} value={distinctIsExact ? distinct : words.about(distinct)} />
        <Range profile={profile} />
      </dl>
      {labels.length > 0 && (
        <div className={classes.labels}>
          {labels.map((label) => (
            <Badge key={label} variant="light" size="sm" tt="none" fw={500}>
              {label}
            </Badge>
          ))}
        </div>
      )}
    </article>
  );
}

function Range({ profile }: { readonly profile: ProfiledColumn }) {
  const { type, min, max, mean } = profile;
  const exact = formatOf(profile);
  const format = boundFormat(profile.name, type);
  if (min === null || kindOf(type) === "text" || kindOf(type) === "boolean") return null;
  return (
    <>
      {mean !== null && <Figure name={words.mean} value={format(mean)} title={formatNumber(mean)} />}
      <Figure name={words.range} value={`${format(min)} – ${format(max)}`} title={`${exact(min)} – ${exact(max)}`} isWide={mean === null} />
    </>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  /** The exact value, where the shown one is rounded. */
  readonly title?: string;
  readonly isLoud?: boolean;
  readonly isWide?: boolean;
}

function Figure({ name, value, title = value, isLoud = false, isWide = false }: FigureProps) {
  return (
    <div className={isWide ? classes.wideFigure : classes.figure}>
      <dt>{name}</dt>
      <dd className={isLoud ? classes.loud : undefined} title={title}>
        {value}
      </dd>
    </div>
  );
}

/** The most frequent values with their shares; a column where every value is different has none worth naming. */
function TopValues({ profile, rowCount }: { readonly profile: ProfiledColumn; readonly rowCount: number }) {
  const { topValues } = profile;
  const most = topValues[0]?.count ?? 0;
  if (topValues.length === 0) return <p className={classes.nothing}>{words.noValues}</p>;
  if (most <= 1 && topValues.length > 1) return <p className={classes.nothing}>{words.noTop}</p>;
  const format = formatOf(profile);
  return (
    <ol className={classes.top} aria-label={words.top}>
      {topValues.slice(0, shownTop).map(({ value, count }) => (
        <li key={String(value)}>
          <span className={classes.bar} style={{ width: `${(count / most) * 100}%` }} />
          <span className={classes.value}>{value === null ? texts.table.null : value === "" ? "“”" : format(value)}</span>
          <span className={classes.share} title={formatCount(count)}>
            {words.share(count, rowCount)}
          </span>
        </li>
      ))}
    </ol>
  );
}
