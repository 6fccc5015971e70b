import { Text, VisuallyHidden } from "@mantine/core";
import { useMemo } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./rivers.module.css";
import { compareTexts, type DiffLine, type DiffRow } from "./side-by-side.ts";

const words = texts.rivers;

/** Two texts side by side; changed lines are marked by colour, by sign and in words. */
export function Diff({ label, older, newer }: { readonly label: string; readonly older: string; readonly newer: string }) {
  const rows = useMemo(() => compareTexts(older, newer), [older, newer]);
  if (!rows.some(({ kind }) => kind === "changed")) return <Text c="dimmed">{words.same}</Text>;
  return (
    <div className={classes.diff} role="region" aria-label={label} tabIndex={0}>
      <table>
        <caption>
          <VisuallyHidden>{label}</VisuallyHidden>
        </caption>
        <tbody>
          {rows.map((row, index) => (
            <Row key={index} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row }: { readonly row: DiffRow }) {
  if (row.kind === "gap")
    return (
      <tr>
        <td colSpan={4} className={classes.gap}>
          {words.unchanged(row.count)}
        </td>
      </tr>
    );
  const isChanged = row.kind === "changed";
  return (
    <tr>
      <Side line={row.left} sign={isChanged && row.left ? "−" : ""} change={isChanged ? "removed" : undefined} />
      <Side line={row.right} sign={isChanged && row.right ? "+" : ""} change={isChanged ? "added" : undefined} />
    </tr>
  );
}

function Side({ line, sign, change }: { readonly line: DiffLine | undefined; readonly sign: string; readonly change: "added" | "removed" | undefined }) {
  return (
    <>
      <td className={classes.number}>{line?.number}</td>
      <td className={classes.code} data-change={line && change}>
        <span aria-hidden className={classes.sign}>
          {sign}
        </span>
        {line && change && <VisuallyHidden>{words[change]} </VisuallyHidden>}
        {line?.text}
      </td>
    </>
  );
}
