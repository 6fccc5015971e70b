import { ActionIcon, Button, Indicator } from "@mantine/core";
import { IconBell, IconChevronDown, IconUser } from "@tabler/icons-react";
import { useLive, useSignedIn } from "../api/context.tsx";
import { texts } from "../texts/index.ts";
import { OnDemand } from "./on-demand.tsx";
import { Palette } from "./palette.tsx";
import { lazyPart } from "../components/lazy-part.ts";

const AccountMenu = lazyPart(() => import("./account-menu.tsx").then(({ AccountMenu: component }) => component));
const Inbox = lazyPart(() => import("./inbox.tsx").then(({ Inbox: component }) => component));
const WorkspaceSwitcher = lazyPart(() => import("./workspace-switcher.tsx").then(({ WorkspaceSwitcher: component }) => component));

const words = texts.frame;

/** Says which workspace the pages show; opens the others. */
export function WorkspaceButton() {
  const signedIn = useSignedIn();
  const name = signedIn?.workspaces.find(({ id }) => id === signedIn.workspaceId)?.name ?? "";
  const button = (
    <Button variant="default" size="xs" maw={220} rightSection={<IconChevronDown size={14} aria-hidden />} aria-label={`${words.workspace}: ${name}`}>
      {name}
    </Button>
  );
  return <OnDemand button={button} menu={WorkspaceSwitcher} />;
}

/** What stands at the end of the bar on every page. */
export function BarEnd() {
  const { unread } = useLive();
  return (
    <>
      <Palette />
      <Indicator disabled={unread === 0} label={unread > 99 ? "99+" : unread} size={16} offset={5}>
        <OnDemand
          menu={Inbox}
          button={
            <ActionIcon variant="subtle" size="lg" aria-label={words.inbox.open(unread)}>
              <IconBell size={18} aria-hidden />
            </ActionIcon>
          }
        />
      </Indicator>
      <OnDemand
        menu={AccountMenu}
        button={
          <ActionIcon variant="subtle" size="lg" aria-label={words.account}>
            <IconUser size={18} aria-hidden />
          </ActionIcon>
        }
      />
    </>
  );
}
