import { Button, Skeleton, Text } from "@mantine/core";
import type { PromptSummary } from "@rivergen/contracts";
import { IconBan, IconCircleCheck, IconHelpCircle, IconMoodEmpty } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { listPrompts } from "../../api/queries.ts";
import { formatAgo, formatTime } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import classes from "./ask.module.css";

const words = texts.ask;
const icons = { planned: IconCircleCheck, needs_clarification: IconHelpCircle, unanswerable: IconMoodEmpty, refused: IconBan } as const;

/** What was asked before in this workspace, and what came of it. */
export function History() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(listPrompts(useApi()));
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <section aria-labelledby="history">
      <h2 id="history" className={classes.heading}>
        {words.history}
      </h2>
      {error && (
        <Text size="sm" c="dimmed">
          {error.message}{" "}
          <Button variant="subtle" size="compact-sm" onClick={() => void refetch()}>
            {texts.frame.error.retry}
          </Button>
        </Text>
      )}
      {!items && !error && <Waiting />}
      {items?.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.historyEmpty}
        </Text>
      )}
      {items && items.length > 0 && (
        <ul className={classes.history}>
          {items.map((item) => (
            <Asked key={item.id} item={item} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button variant="subtle" size="xs" mt="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {texts.frame.more}
        </Button>
      )}
    </section>
  );
}

const boneRows = 6;
function Waiting() {
  return (
    <ul className={classes.history} aria-busy aria-label={texts.frame.loading}>
      {Array.from({ length: boneRows }, (_, row) => (
        <li key={row} className={classes.bone}>
          <Skeleton height={12} width={`${52 - ((row * 11) % 24)}%`} />
        </li>
      ))}
    </ul>
  );
}

function Asked({ item: { id, text, status, createdAt } }: { readonly item: PromptSummary }) {
  const Icon = icons[status];
  return (
    <li>
      <Link to="/ask/$prompt" params={{ prompt: id }} className={classes.asked}>
        <Icon size={16} aria-hidden data-status={status} />
        <span className={classes.askedText}>{text}</span>
        <span className={classes.askedStatus}>{words.status[status]}</span>
        <time dateTime={createdAt} title={formatTime(createdAt)}>
          {formatAgo(createdAt)}
        </time>
      </Link>
    </li>
  );
}
