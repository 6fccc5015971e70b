import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./empty-state.module.css";

/** Nothing is here yet: why, and what to do first. */
export function EmptyState({ title, text, children }: { readonly title: string; readonly text?: ReactNode; readonly children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <Title order={2}>{title}</Title>
      {text !== undefined && <Text c="dimmed">{text}</Text>}
      {children}
    </div>
  );
}
