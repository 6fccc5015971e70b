import { Text, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMemo } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./rivers.module.css";
import { compareTexts, type DiffLine, type DiffRow, type StackedRow, stackRows } from "./side-by-side.ts";

const words = texts.rivers;
const narrow = "(max-width: 48em)";

interface DiffProps {
  readonly label: string;
  /** What each side is. */
  readonly heads: readonly [string, string];
  readonly older: string;
  readonly newer: string;
}

/** Two texts side by side, on a narrow screen one below the other; changed lines are marked by colour, by sign and in words. */
export function Diff({ label, heads, older, newer }: DiffProps) {
  const rows = useMemo(() => compareTexts(older, newer), [older, newer]);
  const isNarrow = useMediaQuery(narrow, undefined, { getInitialValueInEffect: false });
  if (!rows.some(({ kind }) => kind === "changed")) return <Text c="dimmed">{words.same}</Text>;
  return (
    <div className={classes.diff} role="region" aria-label={label} tabIndex={0}>
      <table>
        <caption>
          <VisuallyHidden>{label}</VisuallyHidden>
        </caption>
        <colgroup>
          {Array.from({ length: isNarrow ? 1 : 2 }, (_, side) => [<col key={`number ${side}`} className={classes.numbers} />, <col key={`code ${side}`} />])}
        </colgroup>
        <thead>
          <tr>
            {(isNarrow ? [label] : heads).map((head) => (
              <th key={head} colSpan={2} scope="colgroup">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {isNarrow ? stackRows(rows).map((row, index) => <Stacked key={index} row={row} />) : rows.map((row, index) => <Row key={index} row={row} />)}
        </tbody>
      </table>
    </div>
  );
}

type Change = "added" | "removed";
const signs: Readonly<Record<Change, string>> = { removed: "−", added: "+" };

function Row({ row }: { readonly row: DiffRow }) {
  if (row.kind === "gap") return <Gap count={row.count} columns={4} />;
  const isChanged = row.kind === "changed";
  return (
    <tr>
      <Side line={row.left} change={isChanged ? "removed" : undefined} />
      <Side line={row.right} change={isChanged ? "added" : undefined} />
    </tr>
  );
}

function Stacked({ row }: { readonly row: StackedRow }) {
  if (row.kind === "gap") return <Gap count={row.count} columns={2} />;
  return (
    <tr>
      <Side line={row.line} change={row.kind === "same" ? undefined : row.kind} />
    </tr>
  );
}

function Gap({ count, columns }: { readonly count: number; readonly columns: number }) {
  return (
    <tr>
      <td colSpan={columns} className={classes.gap}>
        {words.unchanged(count)}
      </td>
    </tr>
  );
}

function Side({ line, change }: { readonly line: DiffLine | undefined; readonly change: Change | undefined }) {
  return (
    <>
      <td className={classes.number}>{line?.number}</td>
      <td className={classes.code} data-change={line && change}>
        <span aria-hidden className={classes.sign}>
          {line && change && signs[change]}
        </span>
        {line && change && <VisuallyHidden>{words[change]} </VisuallyHidden>}
        {line?.text}
      </td>
    </>
  );
}
