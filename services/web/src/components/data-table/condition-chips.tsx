import { IconX } from "@tabler/icons-react";
import { texts } from "../../texts/index.ts";
import type { Condition } from "./conditions.ts";
import classes from "./data-table.module.css";

const words = texts.table;

/** The conditions in words, each with a way to drop it. */
export function ConditionChips({
  conditions,
  onChange,
}: {
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}) {
  return conditions.map((condition) => {
    const text = [condition.column, words.operators[condition.operator], condition.values.join(` ${words.and} `)].join(" ").trim();
    return (
      <button
        key={condition.column}
        type="button"
        className={classes.chip}
        aria-label={words.removeFilter(text)}
        onClick={() => onChange(conditions.filter((other) => other !== condition))}
      >
        <span className={classes.chipText}>
          {condition.column} {words.operators[condition.operator]} <b>{condition.values.join(` ${words.and} `)}</b>
        </span>
        <IconX size={12} aria-hidden />
      </button>
    );
  });
}
