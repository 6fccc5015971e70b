import { Button, Textarea } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { useApi } from "../../api/context.tsx";
import { allDatasets } from "../../api/queries.ts";
import { texts } from "../../texts/index.ts";
import { pressKey } from "./ask-keys.ts";
import classes from "./ask.module.css";
import { Suggestions } from "./suggestions.tsx";
import { suggestWords, wordAt, type WordSuggestion } from "./suggest.ts";
import { useRecall } from "./use-recall.ts";

const words = texts.ask;

interface AskBoxProps {
  readonly label: string;
  readonly hint: string;
  readonly initial?: string;
  readonly isAsking: boolean;
  readonly isFocused?: boolean;
  onAsk(text: string): void;
}

/** The one box: Enter asks, Shift-Enter begins a line, arrow up brings back what was asked before. */
export function AskBox({ label, hint, initial = "", isAsking, isFocused = false, onAsk }: AskBoxProps) {
  const { field, text, chosen, found, take, submit, onKey, onWrite, onMove } = useBox(initial, isAsking, onAsk);
  const list = useId();
  useEffect(() => {
    if (isFocused) field.current?.focus();
  }, [isFocused, field]);
  return (
    <div className={classes.box}>
      <Textarea
        ref={field}
        aria-label={label}
        placeholder={hint}
        value={text}
        autosize
        minRows={1}
        maxRows={8}
        maxLength={2_000}
        size="md"
        variant="unstyled"
        className={classes.field}
        aria-autocomplete="list"
        {...(found.length > 0 ? { "aria-controls": list } : {})}
        {...(chosen >= 0 ? { "aria-activedescendant": `${list}-${chosen}` } : {})}
        onChange={({ currentTarget }) => onWrite(currentTarget.value, currentTarget.selectionStart)}
        onSelect={({ currentTarget }) => onMove(currentTarget.selectionStart)}
        onKeyDown={onKey}
      />
      <Button
        onClick={submit}
        loading={isAsking}
        rightSection={<IconArrowRight size={16} aria-hidden />}
        disabled={text.trim() === ""}
        className={classes.submit}
      >
        {words.submit}
      </Button>
      <Suggestions id={list} found={found} chosen={chosen} onTake={take} />
    </div>
  );
}

/** What stands in the box, and what its keys do. */
function useBox(initial: string, isAsking: boolean, onAsk: (text: string) => void) {
  const [{ text, cursor, chosen }, set] = useState({ text: initial, cursor: initial.length, chosen: -1 });
  const field = useRef<HTMLTextAreaElement>(null);
  const found = useSuggestions(text, cursor);
  const history = useRecall();
  const write = (next: string, at = next.length): void => {
    set({ text: next, cursor: at, chosen: -1 });
    requestAnimationFrame(() => field.current?.setSelectionRange(at, at));
  };
  const take = (suggestion: WordSuggestion): void => {
    const { from } = wordAt(text, cursor);
    const rest = text.slice(cursor);
    const written = `${text.slice(0, from)}${suggestion.text}${rest.startsWith(" ") ? "" : " "}`;
    write(written + rest, written.length);
    field.current?.focus();
  };
  const submit = (): void => {
    if (text.trim() !== "" && !isAsking) onAsk(text);
  };
  const choose = (index: number): void => set({ text, cursor, chosen: index });
  return {
    field,
    text,
    chosen,
    found,
    take,
    submit,
    onWrite: (next: string, at: number) => set({ text: next, cursor: at, chosen: -1 }),
    onMove: (at: number) => set((now) => ({ ...now, cursor: at })),
    onKey: (event: KeyboardEvent<HTMLTextAreaElement>) => {
      if (pressKey(event, { text, chosen, found, history, choose, take, write, submit })) event.preventDefault();
    },
  };
}

function useSuggestions(text: string, cursor: number): readonly WordSuggestion[] {
  const { data } = useQuery(allDatasets(useApi()));
  return useMemo(
    () =>
      suggestWords(
        wordAt(text, cursor).word,
        (data ?? []).filter(({ status }) => status === "ready"),
      ),
    [text, cursor, data],
  );
}
