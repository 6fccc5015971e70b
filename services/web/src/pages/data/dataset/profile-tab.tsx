import { Button, Skeleton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import type { Dataset } from "@rivergen/contracts";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../../api/context.tsx";
import { datasetProfile } from "../../../api/queries.ts";
import { ErrorState } from "../../../components/error-state.tsx";
import { texts } from "../../../texts/index.ts";
import { ColumnProfile } from "./column-profile.tsx";
import classes from "./profile.module.css";

const words = texts.data.profile;
const shownAtFirst = 48;
const searchFrom = 12;

/** What the values of every column are like. */
export function ProfileTab({ dataset }: { readonly dataset: Dataset }) {
  const { data: profile, error, refetch } = useQuery(datasetProfile(useApi(), dataset.name));
  const [text, setText] = useState("");
  const [isWhole, setIsWhole] = useState(false);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!profile) return <Waiting columns={dataset.columns.length} />;
  const { rowCount, sampledRows } = profile;
  const found = profile.columns.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
  const shown = isWhole ? found : found.slice(0, shownAtFirst);
  return (
    <>
      <div className={classes.tools}>
        <span className={classes.basis}>{sampledRows < rowCount ? words.sampled(sampledRows, rowCount) : words.whole(rowCount)}</span>
        {profile.columns.length >= searchFrom && (
          <TextInput
            size="xs"
            leftSection={<IconSearch size={14} aria-hidden />}
            placeholder={words.find}
            aria-label={words.find}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
      </div>
      {found.length === 0 && <p className={classes.basis}>{words.noColumn(text)}</p>}
      <div className={classes.cards}>
        {shown.map((column) => (
          <ColumnProfile
            key={column.name}
            profile={column}
            rowCount={sampledRows}
            labels={dataset.columns.find(({ name }) => name === column.name)?.labels ?? []}
          />
        ))}
      </div>
      {shown.length < found.length && (
        <Button variant="subtle" mt="md" onClick={() => setIsWhole(true)}>
          {texts.data.showAll(found.length)}
        </Button>
      )}
    </>
  );
}

function Waiting({ columns }: { readonly columns: number }) {
  return (
    <div className={classes.cards} aria-busy aria-label={texts.frame.loading}>
      {Array.from({ length: Math.min(columns, 12) }, (_, index) => (
        <Skeleton key={index} height={196} radius="md" />
      ))}
    </div>
  );
}
