import { Alert, Anchor, List, Text } from "@mantine/core";
import type { Prompt } from "@rivergen/contracts";
import { IconBan, IconTableOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { allDatasets } from "../../api/queries.ts";
import { texts } from "../../texts/index.ts";
import classes from "./answer.module.css";

const words = texts.ask.answer;
const mostTables = 12;
const mostColumns = 12;

/** An honest no: why, what is missing, and how it can be added. */
export function Refusal({ prompt: { status, reason, unused } }: { readonly prompt: Prompt }) {
  const isRefused = status === "refused";
  return (
    <div className={classes.refusal}>
      <Alert
        color={isRefused ? "red" : "yellow"}
        icon={isRefused ? <IconBan size={18} aria-hidden /> : <IconTableOff size={18} aria-hidden />}
        title={isRefused ? words.refused : words.unanswerable}
      >
        {reason !== null && <Text size="sm">{reason}</Text>}
        {isRefused && <Text size="sm">{words.refusedText}</Text>}
      </Alert>
      {!isRefused && unused.length > 0 && (
        <div>
          <h2 className={classes.heading}>{words.missing}</h2>
          <div className={classes.unused}>
            {unused.map((word) => (
              <mark key={word}>{word}</mark>
            ))}
          </div>
        </div>
      )}
      {!isRefused && <Help />}
      <Tables />
    </div>
  );
}

function Help() {
  return (
    <div>
      <h2 className={classes.heading}>{words.help}</h2>
      <List size="sm" spacing={4}>
        <List.Item>
          <Anchor size="sm" renderRoot={(props) => <Link to="/data" {...props} />}>
            {words.helpUpload}
          </Anchor>
        </List.Item>
        <List.Item>
          <Anchor size="sm" renderRoot={(props) => <Link to="/data" {...props} />}>
            {words.helpWords}
          </Anchor>
        </List.Item>
        <List.Item>
          <Anchor size="sm" renderRoot={(props) => <Link to="/sql" {...props} />}>
            {words.helpSql}
          </Anchor>
        </List.Item>
        <List.Item>
          <Anchor size="sm" renderRoot={(props) => <Link to="/rivers/new" {...props} />}>
            {words.helpRiver}
          </Anchor>
        </List.Item>
      </List>
    </div>
  );
}

/** What there is to ask about: a click on a table shows and describes its columns. */
function Tables() {
  const { data = [] } = useQuery(allDatasets(useApi()));
  const tables = data.filter(({ version }) => version > 0).slice(0, mostTables);
  if (tables.length === 0) return null;
  return (
    <div>
      <h2 className={classes.heading}>{words.tables}</h2>
      <ul className={classes.tables}>
        {tables.map(({ name, columns }) => (
          <li key={name}>
            <Anchor size="sm" fw={600} renderRoot={(props) => <Link to="/data/$dataset" params={{ dataset: name }} {...props} />}>
              {name}
            </Anchor>{" "}
            <Text span size="sm" c="dimmed">
              {columns
                .slice(0, mostColumns)
                .map((column) => column.name)
                .join(", ")}
              {columns.length > mostColumns && ` ${texts.graph.more(columns.length - mostColumns)}`}
            </Text>
          </li>
        ))}
      </ul>
    </div>
  );
}
