import { Alert, Anchor, Button, Loader, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { AppError } from "@rivergen/contracts";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useApi, useSession } from "../../api/context.tsx";
import { Mark } from "../../components/mark.tsx";
import { texts } from "../../texts/index.ts";
import { readLink } from "./link.ts";
import classes from "./sign-in-page.module.css";

const words = texts.frame.signIn;

/** Signing in, signing up, and the one-time link of the embedded profile. */
export function SignInPage() {
  const [isNew, setIsNew] = useState(false);
  const { next } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const goOn = (): void => void navigate({ to: next ?? "/ask", replace: true });
  const link = useLink(goOn);
  return (
    <main className={classes.page}>
      <Paper withBorder p="xl" className={classes.card}>
        <Stack>
          <div className={classes.brand}>
            <Mark size={32} /> <Text fw={700}>{texts.frame.name}</Text>
          </div>
          <Text c="dimmed">{words.purpose}</Text>
          {link === "trying" ? (
            <div className={classes.brand} role="status">
              <Loader size="sm" /> {words.link}
            </div>
          ) : (
            <>
              {link === "failed" && <Alert color="yellow">{words.linkFailed}</Alert>}
              <Title order={1}>{isNew ? words.up : words.title}</Title>
              <Credentials key={String(isNew)} isNew={isNew} onDone={goOn} />
              <Anchor component="button" type="button" onClick={() => setIsNew(!isNew)}>
                {isNew ? words.toIn : words.toUp}
              </Anchor>
            </>
          )}
        </Stack>
      </Paper>
    </main>
  );
}

/** Uses the link of the address once, and takes it out of the address and the history. */
function useLink(onDone: () => void): "none" | "trying" | "failed" {
  const session = useSession();
  const api = useApi();
  const [code] = useState(() => readLink());
  const [state, setState] = useState<"none" | "trying" | "failed">(code === undefined ? "none" : "trying");
  const used = useRef(false);
  useEffect(() => {
    if (code === undefined || used.current) return;
    used.current = true;
    window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
    api.localLink({ body: { code } }).then(
      (answer) => {
        session.signIn(answer);
        onDone();
      },
      // Somebody with a session needs no link.
      () => (session.current ? onDone() : setState("failed")),
    );
  });
  return state;
}

function Credentials({ isNew, onDone }: { readonly isNew: boolean; readonly onDone: () => void }) {
  const session = useSession();
  const api = useApi();
  const send = useMutation({
    mutationFn: async (form: FormData) => {
      const text = (name: string): string => {
        const value = form.get(name);
        return typeof value === "string" ? value : "";
      };
      const body = { email: text("email").trim(), password: text("password") };
      if (!isNew) return api.signIn({ body });
      const { workspace, ...answer } = await api.signUp({ body: { ...body, name: text("name") } });
      return { ...answer, workspaces: [workspace] };
    },
    onSuccess: (answer) => {
      session.signIn(answer);
      onDone();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    send.mutate(new FormData(event.currentTarget));
  };
  const faults = send.error instanceof AppError ? (send.error.details.errors ?? []) : [];
  const faultOf = (field: string): string | undefined => faults.find(({ path }) => path === `/${field}`)?.message;
  return (
    <form onSubmit={submit}>
      <Stack>
        {isNew && <TextInput name="name" label={words.name} required withAsterisk={false} autoComplete="name" error={faultOf("name")} />}
        <TextInput name="email" type="email" label={words.email} required withAsterisk={false} autoComplete="email" error={faultOf("email")} />
        <PasswordInput
          name="password"
          label={words.password}
          description={isNew ? words.passwordHint : undefined}
          required
          withAsterisk={false}
          autoComplete={isNew ? "new-password" : "current-password"}
          error={faultOf("password")}
        />
        {send.error && faults.length === 0 && <Alert color="red">{send.error.message}</Alert>}
        <Button type="submit" loading={send.isPending}>
          {isNew ? words.submitUp : words.submitIn}
        </Button>
      </Stack>
    </form>
  );
}
