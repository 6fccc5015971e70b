import { Alert, Text } from "@mantine/core";
import { IconShieldLock } from "@tabler/icons-react";
import type { Plan } from "@rivergen/contracts";
import { texts } from "../../texts/index.ts";
import classes from "./river.module.css";

const words = texts.rivers.labels;

/** What a plan should be looked at for: labelled columns that get out, policies, warnings. */
export function PlanNotes({ plan: { labels, policies, warnings } }: { readonly plan: Pick<Plan, "labels" | "policies" | "warnings"> }) {
  return (
    <div className={classes.notes}>
      {labels.length === 0 ? (
        <Text size="xs" c="dimmed">
          {words.none}
        </Text>
      ) : (
        <Alert color="yellow" icon={<IconShieldLock size={16} aria-hidden />} title={words.title} py="xs">
          {labels.map(({ output, column, label, origins }) => (
            <Text key={`${output} ${column} ${label}`} size="sm">
              {words.line(label, `${output}.${column}`)} <span className={classes.soft}>{words.from(origins.join(", "))}</span>
            </Text>
          ))}
        </Alert>
      )}
      {policies.map(({ name, effect, detail }) => (
        <Text key={name} size="sm">
          <b>{name}</b> {effect}: {detail}
        </Text>
      ))}
      {warnings.map(({ path, code, message }) => (
        <Alert key={`${path} ${code}`} color="yellow" py="xs">
          {message}
        </Alert>
      ))}
    </div>
  );
}
