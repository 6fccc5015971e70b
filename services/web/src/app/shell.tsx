import { AppShell, Burger, NavLink } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChartBar, IconDatabase, IconInfoCircle, IconKey, IconMessageQuestion, IconPlayerPlay, IconRipple, IconSql } from "@tabler/icons-react";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { useSignedIn } from "../api/context.tsx";
import { Mark } from "../components/mark.tsx";
import { texts } from "../texts/index.ts";
import { BarEnd, WorkspaceButton } from "./bar.tsx";
import { ConnectionNotice } from "./connection-notice.tsx";
import classes from "./shell.module.css";
import { lazyPart } from "../components/lazy-part.ts";

const PlacesDrawer = lazyPart(() => import("./places-drawer.tsx").then(({ PlacesDrawer: component }) => component));

const words = texts.frame;
const places = [
  { to: "/ask", name: words.sections.ask, icon: IconMessageQuestion },
  { to: "/data", name: words.sections.data, icon: IconDatabase },
  { to: "/rivers", name: words.sections.rivers, icon: IconRipple },
  { to: "/runs", name: words.sections.runs, icon: IconPlayerPlay },
  { to: "/sql", name: words.sections.sql, icon: IconSql },
  { to: "/usage", name: words.sections.usage, icon: IconChartBar },
] as const;
const extras = [
  { to: "/settings/keys", name: words.apiKeys, icon: IconKey },
  { to: "/about", name: words.sections.about, icon: IconInfoCircle },
] as const;

/** What stands around every page of somebody who is signed in. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const signedIn = useSignedIn();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(close, [path, close]);
  if (!signedIn) return <SignedOut />;
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 200, breakpoint: "sm", collapsed: { mobile: true } }} padding={0} className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {words.skip}
      </a>
      <AppShell.Header className={classes.bar}>
        <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={words.menu} />
        <Link to="/ask" className={classes.brand} aria-label={words.name}>
          <Mark /> <span className={classes.name}>{words.name}</span>
        </Link>
        <WorkspaceButton />
        <div className={classes.end}>
          <BarEnd />
        </div>
      </AppShell.Header>
      <AppShell.Navbar p="xs" role="presentation">
        <Places path={path} />
      </AppShell.Navbar>
      {isOpen && (
        <Suspense>
          <PlacesDrawer onClose={close}>
            <Places path={path} />
          </PlacesDrawer>
        </Suspense>
      )}
      <AppShell.Main id="content" tabIndex={-1}>
        <ConnectionNotice />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Places({ path }: { readonly path: string }) {
  return (
    <nav aria-label={words.navigation} className={classes.places}>
      {[...places, ...extras].map(({ to, name, icon: Icon }) => (
        <NavLink
          key={to}
          label={name}
          active={path === to || path.startsWith(`${to}/`)}
          leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
          renderRoot={(props) => <Link to={to} {...props} />}
        />
      ))}
    </nav>
  );
}

/** The session ended while the page was open: back to the sign-in page, and here again afterwards. */
function SignedOut() {
  useEffect(() => window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`), []);
  return null;
}
