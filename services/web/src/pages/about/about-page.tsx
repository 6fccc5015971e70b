import { Alert, Anchor, List, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { keys } from "../../api/keys.ts";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";

const words = texts.settings.about;
const refreshMs = 10_000;

interface Part {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

/** What this installation is, and whether every part of it works. */
export function AboutPage() {
  const health = useQuery({ queryKey: keys.health(), queryFn: ({ signal }) => readHealth(signal), refetchInterval: refreshMs, retry: false });
  const parts = health.data ?? undefined;
  const works = parts?.every(({ ok }) => ok);
  return (
    <Page title={words.title}>
      <Stack maw={900}>
        <Text>{words.text}</Text>
        <Title order={2}>{words.documents}</Title>
        <Paper withBorder p="md">
          <List>
            <List.Item>
              <Anchor href="/docs">{words.reference}</Anchor>
            </List.Item>
            <List.Item>
              <Anchor href="/v1/openapi.json">{words.openapi}</Anchor>
            </List.Item>
            <List.Item>
              <Anchor href="/v1/asyncapi.json">{words.asyncapi}</Anchor>
            </List.Item>
          </List>
        </Paper>
        <Title order={2}>{words.health}</Title>
        {health.error ? (
          <Alert color="red" title={words.notReachable}>
            {words.notReachableText}
          </Alert>
        ) : (
          <>
            <Alert color={works === undefined ? "gray" : works ? "green" : "red"}>
              {works === undefined ? texts.frame.loading : works ? words.ready : words.notReady}
            </Alert>
            <ListTable
              label={words.health}
              columns={columns.filter(({ heading }) => heading !== words.detail || parts?.some(({ detail }) => detail !== undefined))}
              items={parts}
              keyOf={({ name }) => name}
            />
          </>
        )}
      </Stack>
    </Page>
  );
}

const columns: readonly ListColumn<Part>[] = [
  { heading: words.service, render: ({ name }) => name },
  { heading: words.state, render: ({ ok }) => <Text c={ok ? "var(--rg-good)" : "var(--rg-bad)"}>{ok ? words.ok : words.failed}</Text> },
  { heading: words.detail, isMinor: true, render: ({ detail }) => <Text c="dimmed">{detail ?? ""}</Text> },
];

/** Every service, and everything that this process depends on. */
async function readHealth(signal: AbortSignal): Promise<readonly Part[]> {
  // What is not well answers with a failure too, and says of which part.
  const read = async (path: string, key: "services" | "checks"): Promise<Record<string, Omit<Part, "name">>> => {
    const answer = (await (await fetch(path, { signal })).json()) as Record<string, unknown>;
    const parts = answer[key];
    if (typeof parts !== "object" || parts === null) throw new Error(`${path} says nothing of its ${key}.`);
    return parts as Record<string, Omit<Part, "name">>;
  };
  const [services, own] = await Promise.all([read("/health/services", "services"), read("/health/ready", "checks")]);
  return Object.entries({ ...services, ...own }).map(([name, state]) => ({ name, ...state }));
}
