import type { KeyboardEvent } from "react";
import type { WordSuggestion } from "./suggest.ts";

/** What was asked before, one step back or forth from what stands in the box; undefined where there is nothing. */
export interface Recall {
  back(from: string): string | undefined;
  forth(from: string): string | undefined;
}

/** The box as its keys see it. */
export interface Keyboard {
  readonly text: string;
  readonly chosen: number;
  readonly found: readonly WordSuggestion[];
  readonly history: Recall;
  choose(index: number): void;
  take(suggestion: WordSuggestion): void;
  write(text: string): void;
  submit(): void;
}

/** Whether a key meant something to the box. */
export function pressKey(event: KeyboardEvent<HTMLTextAreaElement>, keyboard: Keyboard): boolean {
  if (event.nativeEvent.isComposing || event.shiftKey) return false;
  return pressInList(event.key, keyboard) || recall(event, keyboard) || submit(event.key, keyboard);
}

/** Arrows walk through the suggestions; Enter and Tab take the one that was reached. */
function pressInList(key: string, { chosen, found, choose, take }: Keyboard): boolean {
  const suggestion = found[chosen];
  if (key === "ArrowDown" && found.length > 0) choose((chosen + 1) % found.length);
  else if (!suggestion) return false;
  else if (key === "Enter" || key === "Tab") take(suggestion);
  else if (key === "ArrowUp") choose(chosen - 1);
  else if (key === "Escape") choose(-1);
  else return false;
  return true;
}

/** Arrows move in the text, and out of its first and last line into what was asked before. */
function recall({ key, currentTarget }: KeyboardEvent<HTMLTextAreaElement>, { text, history, write }: Keyboard): boolean {
  const { selectionStart, selectionEnd } = currentTarget;
  const older = key === "ArrowUp" && !text.slice(0, selectionStart).includes("\n") ? history.back(text) : undefined;
  const newer = key === "ArrowDown" && !text.slice(selectionEnd).includes("\n") ? history.forth(text) : undefined;
  const recalled = older ?? newer;
  if (recalled !== undefined) write(recalled);
  return recalled !== undefined;
}

function submit(key: string, keyboard: Keyboard): boolean {
  if (key !== "Enter") return false;
  keyboard.submit();
  return true;
}
