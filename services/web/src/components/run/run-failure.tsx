import { Alert, Code, Text } from "@mantine/core";
import { IconAlertTriangle, IconBan } from "@tabler/icons-react";
import type { Run, RunProblem } from "@rivergen/contracts";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./run.module.css";

const words = texts.run;

/** Why a run has no result: step, cause, what to do. */
export function RunFailure({ run, actions }: { readonly run: Run; readonly actions?: ReactNode }) {
  if (run.status === "cancelled")
    return (
      <Alert color="gray" icon={<IconBan size={18} aria-hidden />} title={words.cancelled}>
        <Text size="sm">{words.cancelledText}</Text>
        {actions}
      </Alert>
    );
  if (!run.error) return null;
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} aria-hidden />} title={run.error.title} role="alert">
      <Problem problem={run.error} />
      {actions}
    </Alert>
  );
}

function Problem({ problem: { detail, step, column, advice, code, ...rest } }: { readonly problem: RunProblem }) {
  const pointer = typeof rest["pointer"] === "string" ? rest["pointer"] : undefined;
  return (
    <>
      <Text size="sm" className={classes.detail}>
        {detail}
      </Text>
      <dl className={classes.cause}>
        <Cause name={words.inStep} value={step} />
        <Cause name={words.column} value={column} />
        <Cause name={words.place} value={pointer} />
        <Cause name={texts.frame.error.code} value={code} />
      </dl>
      {advice !== undefined && (
        <Text size="sm">
          <b>{words.advice}:</b> {advice}
        </Text>
      )}
    </>
  );
}

function Cause({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Code>{value}</Code>
      </dd>
    </div>
  );
}
