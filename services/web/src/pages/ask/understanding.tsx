import { Button, Text } from "@mantine/core";
import type { Prompt } from "@rivergen/contracts";
import { IconInfoCircle, IconSwitchHorizontal } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { OperatorIcon } from "../../components/graph/operator-icon.tsx";
import { kindAt } from "../../components/river/river-graph.ts";
import { texts } from "../../texts/index.ts";
import classes from "./answer.module.css";
import { differingParts, groupSpans, type Span } from "./spans.ts";
import type { Looking } from "./use-looking.ts";

const words = texts.ask.answer;

interface UnderstandingProps {
  readonly prompt: Prompt;
  readonly looking: Looking;
  readonly isReplanning: boolean;
  onReading(value: string): void;
}

/** What each word caused, what was taken for granted, what caused nothing, and how else it can be read. */
export function Understanding({ prompt, looking, isReplanning, onReading }: UnderstandingProps) {
  const { text, spans, assumptions, unused, readings, explanation } = prompt;
  return (
    <section className={classes.understanding} aria-label={words.understood}>
      <div>
        <h2 className={classes.heading}>{words.words}</h2>
        <ul className={classes.caused}>
          {groupSpans(text, spans).map((group) => (
            <Cause key={`${group.spans[0]?.start} ${group.words}`} group={group} looking={looking} />
          ))}
        </ul>
        {spans.length === 0 && <Text size="sm">{explanation}</Text>}
      </div>
      <div className={classes.sides}>
        {assumptions.length > 0 && (
          <Side title={words.assumptions}>
            <ul className={classes.plain}>
              {assumptions.map((assumption) => (
                <li key={assumption}>
                  <IconInfoCircle size={15} aria-hidden /> {assumption}
                </li>
              ))}
            </ul>
          </Side>
        )}
        <Unused unused={unused} />
        {readings.length > 0 && (
          <Side title={words.readings}>
            <div className={classes.readings}>
              {readings.map(({ value, text: reading }) => (
                <Button
                  key={value}
                  variant="default"
                  size="compact-sm"
                  className={classes.reading}
                  leftSection={<IconSwitchHorizontal size={14} aria-hidden />}
                  title={`${words.reading}: ${reading}`}
                  disabled={isReplanning}
                  onClick={() => onReading(value)}
                >
                  {differingParts(reading, explanation).join(" · ")}
                </Button>
              ))}
            </div>
          </Side>
        )}
      </div>
    </section>
  );
}

/** Words that the answer does not depend on. */
export function Unused({ unused }: { readonly unused: readonly string[] }) {
  if (unused.length === 0) return null;
  return (
    <Side title={words.unused}>
      <div className={classes.unused}>
        {unused.map((word) => (
          <s key={word}>{word}</s>
        ))}
      </div>
      <Text size="xs" c="dimmed">
        {words.unusedText}
      </Text>
    </Side>
  );
}

function Side({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <h2 className={classes.heading}>{title}</h2>
      {children}
    </div>
  );
}

function Cause({ group, looking }: { readonly group: { readonly words: string; readonly spans: readonly Span[] }; readonly looking: Looking }) {
  const pointers = group.spans.map(({ pointer }) => pointer);
  return (
    <li data-lit={looking.isLit(pointers) || undefined} onMouseEnter={() => looking.look(pointers)} onMouseLeave={() => looking.look(undefined)}>
      <span className={classes.causedWords}>{group.words}</span>
      <span className={classes.meanings}>
        {group.spans.map(({ meaning, pointer }) => (
          <span key={`${meaning} ${pointer}`} className={classes.meaning}>
            <OperatorIcon kind={kindAt(pointer) ?? "read"} size={15} /> {meaning}
          </span>
        ))}
      </span>
    </li>
  );
}
