import { Anchor, Code } from "@mantine/core";
import type { Run } from "@rivergen/contracts";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { QuoteFacts } from "../../components/river/quote-facts.tsx";
import { formatNumber, formatTime } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import classes from "./run-page.module.css";

const words = texts.run;

/** What it was expected to take beside what it took, and everything that it stands on. */
export function RunFacts({ run }: { readonly run: Run }) {
  const parameters = Object.entries(run.parameters);
  const rows = run.outputs.length === 0 ? undefined : run.outputs.reduce((sum, { rowCount }) => sum + rowCount, 0);
  return (
    <div className={classes.facts}>
      {run.quote && (
        <section aria-labelledby="run-quote">
          <h2 id="run-quote" className={classes.heading}>
            {words.quote}
          </h2>
          <QuoteFacts quote={run.quote} actual={{ rows, metered: run.metered }} />
        </section>
      )}
      <Facts title={words.facts}>
        <Fact name={words.inputs}>
          {run.inputs.map(({ dataset, version }) => (
            <span key={dataset} className={classes.item}>
              <Anchor size="sm" renderRoot={(props) => <Link to="/data/$dataset" params={{ dataset }} {...props} />}>
                {dataset}
              </Anchor>{" "}
              <span className={classes.soft}>{words.version(version)}</span>
            </span>
          ))}
        </Fact>
        {parameters.length > 0 && (
          <Fact name={words.parameters}>
            {parameters.map(([name, value]) => (
              <span key={name} className={classes.item}>
                {name} = <Code>{JSON.stringify(value)}</Code>
              </span>
            ))}
          </Fact>
        )}
        {run.usage.length > 0 && (
          <Fact name={words.usage}>
            {run.usage.map(({ meter, quantity, unit }) => (
              <span key={meter} className={classes.item}>
                {meter} {formatNumber(quantity)} {unit}
              </span>
            ))}
          </Fact>
        )}
        <Fact name={words.asked}>{formatTime(run.createdAt)}</Fact>
        {run.startedAt !== null && <Fact name={words.started}>{formatTime(run.startedAt)}</Fact>}
        {run.finishedAt !== null && <Fact name={words.ended}>{formatTime(run.finishedAt)}</Fact>}
      </Facts>
    </div>
  );
}

function Facts({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h2 className={classes.heading}>{title}</h2>
      <dl className={classes.list}>{children}</dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
