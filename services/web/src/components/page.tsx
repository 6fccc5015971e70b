import { Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { texts } from "../texts/index.ts";
import classes from "./page.module.css";

interface PageProps {
  /** Heading of the page, and its name in the browser's tab. */
  readonly title: string;
  /** Stands in the heading in place of the title. */
  readonly heading?: ReactNode;
  /** Stands above the heading: the way back. */
  readonly trail?: ReactNode;
  /** Stands beside the heading: state of the thing. */
  readonly badge?: ReactNode;
  /** Buttons at the end of the heading's line. */
  readonly actions?: ReactNode;
  /** Takes the whole width: for tables and editors. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** The frame of every page: one heading, its actions, its content. */
export function Page({ title, heading = title, trail, badge, actions, wide = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${texts.frame.name}`;
  }, [title]);
  return (
    <div className={wide ? classes.wide : classes.page}>
      {trail && (
        <nav className={classes.trail} aria-label={texts.frame.trail}>
          {trail}
        </nav>
      )}
      <div className={classes.head}>
        <Title order={1} className={classes.title}>
          {heading}
        </Title>
        {badge}
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}
