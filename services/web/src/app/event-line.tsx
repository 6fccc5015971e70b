import { Text } from "@mantine/core";
import type { Event } from "@rivergen/contracts";
import { Link } from "@tanstack/react-router";
import { formatAgo, formatTime } from "../texts/format.ts";
import { texts } from "../texts/index.ts";
import { nameRiver } from "../texts/river-name.ts";
import classes from "./event-line.module.css";

const words = texts.frame.inbox;

/** One thing that happened, with the way to it where there is one. */
export function EventLine({ event, onFollow }: { readonly event: Event; readonly onFollow: () => void }) {
  const name = nameOf(event);
  const place = placeOf(event);
  const line = (
    <>
      <Text size="sm">
        {words.happened[event.type as keyof typeof words.happened] ?? event.type} {name !== "" && <b>{name}</b>}
      </Text>
      <Text size="xs" c="dimmed" title={formatTime(event.time)}>
        {formatAgo(event.time)}
      </Text>
    </>
  );
  if (!place) return <div className={classes.line}>{line}</div>;
  return (
    <Link {...place} className={classes.line} onClick={onFollow}>
      {line}
    </Link>
  );
}

/** Name of what an event is about; empty where it has none. */
function nameOf({ data }: Event): string {
  const name = data["name"] ?? data["river"] ?? data["path"];
  return typeof name === "string" ? (data["river"] === name ? nameRiver(name) : name) : "";
}

/** Where it can be seen; flows and what is not known here have no page. */
function placeOf({ type, subject }: Event) {
  if (type.startsWith("run.")) return { to: "/runs/$run", params: { run: subject } } as const;
  if (type === "dataset.deleted" || type.startsWith("file.")) return { to: "/data" } as const;
  if (type.startsWith("dataset.")) return { to: "/data/$dataset", params: { dataset: subject } } as const;
  if (type === "river.saved") return { to: "/rivers/$river", params: { river: subject } } as const;
  if (type === "river.deleted") return { to: "/rivers" } as const;
  return undefined;
}
