import { Menu } from "@mantine/core";
import { IconBook, IconKey, IconLogout, IconPalette } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useApi, useSession, useSignedIn } from "../api/context.tsx";
import { texts } from "../texts/index.ts";

const words = texts.frame;

/** Who is signed in, and what belongs to them. */
export function AccountMenu({ children }: { readonly children: ReactElement }) {
  const session = useSession();
  const api = useApi();
  const signedIn = useSignedIn();
  // Signed out here even where the platform does not answer.
  const signOut = (): void => void api.signOut().then(session.forget, session.forget);
  return (
    <Menu position="bottom-end" defaultOpened width={240}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label style={{ overflowWrap: "anywhere" }}>{signedIn?.user.email}</Menu.Label>
        <Menu.Item leftSection={<IconKey size={14} aria-hidden />} renderRoot={(props) => <Link to="/settings/keys" {...props} />}>
          {words.apiKeys}
        </Menu.Item>
        <Menu.Item leftSection={<IconPalette size={14} aria-hidden />} renderRoot={(props) => <Link to="/settings/appearance" {...props} />}>
          {words.appearance}
        </Menu.Item>
        <Menu.Item leftSection={<IconBook size={14} aria-hidden />} component="a" href="/docs">
          {words.reference}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={14} aria-hidden />} onClick={signOut}>
          {words.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
