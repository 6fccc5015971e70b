import type { Dataset } from "@rivergen/contracts";
import { texts } from "../../../texts/index.ts";
import { describeDialect } from "./describe-dialect.ts";
import classes from "./dataset.module.css";
import { ReadingForm } from "./reading-form.tsx";

const words = texts.reading;

/** What was guessed about the file, and a way to say it better. */
export function ReadingTab({ dataset }: { readonly dataset: Dataset }) {
  const { dialect } = dataset;
  return (
    <div className={classes.reading}>
      <section>
        <h2 className={classes.section}>{words.found}</h2>
        {!dialect && <p className={classes.soft}>{words.unknown}</p>}
        <ul className={classes.sentences}>
          {dialect &&
            describeDialect(dialect).map(({ fact, value }) => (
              <li key={fact} className={classes.fact}>
                <span className={classes.soft}>{fact}</span>
                <b>{value}</b>
              </li>
            ))}
        </ul>
        {(dialect?.notes.length ?? 0) > 0 && (
          <>
            <h2 className={classes.section}>{words.notes}</h2>
            <ul className={classes.sentences}>
              {dialect?.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </>
        )}
      </section>
      <section>
        <h2 className={classes.section}>{words.correct}</h2>
        <ReadingForm key={dataset.updatedAt} dataset={dataset} />
      </section>
    </div>
  );
}
