import { Button, Text } from "@mantine/core";
import type { Prompt } from "@rivergen/contracts";
import { useState } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./answer.module.css";

const words = texts.ask.answer;

interface ClarifyProps {
  readonly prompt: Prompt;
  readonly isReplanning: boolean;
  onAnswer(answers: { id: string; value: string }[]): void;
}

/** Questions back to the asker, each with its possible answers as buttons; sent once all of them are answered. */
export function Clarify({ prompt: { questions }, isReplanning, onAnswer }: ClarifyProps) {
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const answer = (id: string, value: string): void => {
    const all = { ...given, [id]: value };
    setGiven(all);
    const answers = questions.flatMap((question) => (all[question.id] === undefined ? [] : [{ id: question.id, value: all[question.id] as string }]));
    if (answers.length === questions.length) onAnswer(answers);
  };
  return (
    <section className={classes.clarify} aria-labelledby="clarify">
      <h2 id="clarify" className={classes.bigHeading}>
        {questions.length === 1 ? words.questions : words.questionsMany}
      </h2>
      {questions.map(({ id, text, options }) => (
        <fieldset key={id} className={classes.choice} disabled={isReplanning}>
          <legend>
            <Text fw={600}>{text}</Text>
          </legend>
          <div className={classes.options}>
            {options.map(({ value, text: option }) => (
              <Button
                key={value}
                variant={given[id] === value ? "filled" : "light"}
                loading={isReplanning && given[id] === value}
                className={classes.option}
                onClick={() => answer(id, value)}
              >
                {option}
              </Button>
            ))}
          </div>
        </fieldset>
      ))}
    </section>
  );
}
