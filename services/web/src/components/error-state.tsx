import { Alert, Button, Code, Group, List, Text } from "@mantine/core";
import { problemOf } from "@rivergen/client/web";
import { AppError, type Fault } from "@rivergen/contracts";
import { texts } from "../texts/index.ts";

const words = texts.frame.error;

/** A failure in full: what was wrong, every fault with its place, and what can be done. */
export function ErrorState({ error, onRetry }: { readonly error: unknown; readonly onRetry?: (() => void) | undefined }) {
  const known = error instanceof AppError ? error : undefined;
  const problem = problemOf(error);
  const title = problem?.title ?? (known ? words.title : words.crashed);
  const detail = known?.message ?? words.crashedDetail;
  return (
    <Alert color="red" title={title} role="alert" my="md">
      {detail.replace(/\.$/, "") !== title && <Text size="sm">{detail}</Text>}
      {!known && <Code block>{error instanceof Error ? error.message : String(error)}</Code>}
      <Faults faults={(known?.details.errors ?? []).filter(({ message }) => known?.message.includes(message) !== true)} />
      <Group mt="sm" gap="md">
        {onRetry && canHelp(known) && (
          <Button size="xs" variant="light" color="red" onClick={onRetry}>
            {words.retry}
          </Button>
        )}
        {known && (
          <Text size="xs" c="dimmed">
            {words.code} {known.code}
            {problem && ` · ${words.request} ${problem.requestId}`}
          </Text>
        )}
      </Group>
    </Alert>
  );
}

/** Whether trying again can help: a refusal is the same again. */
const canHelp = (known: AppError | undefined): boolean => !known || known.retryable || known.status >= 500;

/** Every fault with its place. */
export function Faults({ faults }: { readonly faults: readonly Fault[] }) {
  if (faults.length === 0) return null;
  return (
    <List size="sm" mt="xs">
      {faults.map(({ path, code, message, line }, index) => (
        <List.Item key={`${path} ${code} ${index}`}>
          {path !== "" && <Code>{line === undefined ? path : `${path} (${line})`}</Code>} {message}
        </List.Item>
      ))}
    </List>
  );
}
