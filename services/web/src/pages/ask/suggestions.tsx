import { texts } from "../../texts/index.ts";
import classes from "./ask.module.css";
import type { WordSuggestion } from "./suggest.ts";

const words = texts.ask;

interface SuggestionsProps {
  readonly id: string;
  readonly found: readonly WordSuggestion[];
  readonly chosen: number;
  onTake(suggestion: WordSuggestion): void;
}

/** Words of the tables that finish what is being written. Its line keeps its place, so that nothing jumps. */
export function Suggestions({ id, found, chosen, onTake }: SuggestionsProps) {
  return (
    <div className={classes.suggestions}>
      {found.length === 0 ? (
        <span className={classes.keys}>{words.keys}</span>
      ) : (
        <ul id={id} role="listbox" aria-label={words.suggestions}>
          {found.map((suggestion, index) => (
            <li
              key={`${suggestion.kind} ${suggestion.text} ${suggestion.of}`}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === chosen}
              className={classes.suggestion}
              onPointerDown={(event) => {
                event.preventDefault();
                onTake(suggestion);
              }}
            >
              <b>{suggestion.text}</b> <span>{describe(suggestion)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function describe({ kind, of }: WordSuggestion): string {
  if (kind === "table") return words.suggestion.table;
  return kind === "column" ? words.suggestion.column(of) : words.suggestion.synonym(of);
}
