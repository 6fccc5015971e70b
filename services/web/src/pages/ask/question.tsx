import type { Prompt } from "@rivergen/contracts";
import { useMemo } from "react";
import { kindAt } from "../../components/river/river-graph.ts";
import { texts } from "../../texts/index.ts";
import classes from "./answer.module.css";
import type { Looking } from "./use-looking.ts";
import { cutQuestion, type Piece } from "./spans.ts";

const words = texts.ask.answer;

/** The question as it was asked; words that caused something are marked by what they caused. */
export function Question({ prompt: { text, spans }, looking }: { readonly prompt: Prompt; readonly looking: Looking }) {
  const pieces = useMemo(() => cutQuestion(text, spans), [text, spans]);
  return (
    <span className={classes.question}>
      {pieces.map((piece) =>
        piece.spans.length === 0 ? <span key={piece.start}>{piece.text}</span> : <Word key={piece.start} piece={piece} looking={looking} />,
      )}
    </span>
  );
}

function Word({ piece: { text, spans }, looking }: { readonly piece: Piece; readonly looking: Looking }) {
  const pointers = spans.map(({ pointer }) => pointer);
  const meaning = spans.map((span) => span.meaning).join("; ");
  return (
    <button
      type="button"
      className={classes.word}
      data-kind={kindAt(pointers[0] ?? "")}
      data-lit={looking.isLit(pointers) || undefined}
      title={meaning}
      aria-label={`${text}, ${words.caused(meaning)}`}
      {...looking.handlers(pointers)}
    >
      {text}
    </button>
  );
}
