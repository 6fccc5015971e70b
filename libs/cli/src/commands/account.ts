import { createClient } from "@rivergen/client";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { CommandFailure, exitCodes, wrongUse } from "../failure.ts";
import type { Terminal } from "../terminal.ts";
import type { Register } from "./command.ts";

interface Options {
  readonly email?: string;
  readonly name?: string;
}

const passwordHelp = "The password is asked for, or read as one line from stdin.";

export function registerAccounts(program: Command, register: Register): void {
  const signIn = program.command("sign-in").description(`sign in at a platform. ${passwordHelp}`).option("--email <address>", "your e-mail address");
  register<Options>(
    signIn,
    ["river sign-in --url https://rivergen.example.org", "river sign-in --email ada@example.org < password.txt"],
    async (context, _args, options) => {
      const url = await context.address();
      const email = options.email ?? (await askFor(context.terminal, "e-mail", "--email"));
      const password = await readPassword(context.terminal);
      const answer = await createClient({ url }).signIn({ body: { email, password } }, { signal: context.signal });
      // The answer holds a secret: it is kept in a private file, and shown to programs only.
      context.terminal.answer(answer);
      const [first] = answer.workspaces;
      await keep(context, url, { token: answer.token, workspaceId: answer.workspaces.length === 1 ? (first?.id ?? null) : null, email });
      context.terminal.print([
        `signed in as ${answer.user.email} at ${url}`,
        ...(answer.workspaces.length > 1 ? [`choose with --workspace: ${answer.workspaces.map(({ name, id }) => `${name} (${id})`).join(", ")}`] : []),
      ]);
      return exitCodes.done;
    },
  );

  const signUp = program
    .command("sign-up")
    .description(`make an account. ${passwordHelp}`)
    .option("--email <address>", "your e-mail address")
    .option("--name <name>", "your name");
  register<Options>(signUp, ["river sign-up --email ada@example.org --name Ada"], async (context, _args, options) => {
    const url = await context.address();
    const email = options.email ?? (await askFor(context.terminal, "e-mail", "--email"));
    const name = options.name ?? (await askFor(context.terminal, "name", "--name"));
    const password = await readPassword(context.terminal);
    const answer = await createClient({ url }).signUp({ body: { email, name, password } }, { signal: context.signal });
    context.terminal.answer(answer);
    await keep(context, url, { token: answer.token, workspaceId: answer.workspace.id, email });
    context.terminal.print([`signed up and in as ${answer.user.email} at ${url}, workspace ${answer.workspace.name}`]);
    return exitCodes.done;
  });

  const signOut = program.command("sign-out").description("end the session at a platform");
  register(signOut, ["river sign-out"], async (context) => {
    const url = await context.address();
    const session = (await context.state.read()).sessions[url];
    if (!session) throw new CommandFailure(`Nobody is signed in at ${url}.`);
    await context.state.update((state) => ({ ...state, sessions: Object.fromEntries(Object.entries(state.sessions).filter(([key]) => key !== url)) }));
    await createClient({ url, token: session.token }).signOut({}, { signal: context.signal });
    context.terminal.print([`signed out at ${url}`]);
    return exitCodes.done;
  });
}

async function keep(context: Context, url: string, session: { token: string; workspaceId: string | null; email: string }): Promise<void> {
  await context.state.update((state) => ({ ...state, sessions: { ...state.sessions, [url]: session } }));
}

async function askFor(terminal: Terminal, what: string, option: string): Promise<string> {
  if (!terminal.interactive) throw wrongUse(`give ${option}`);
  return terminal.ask(`${what}: `);
}

async function readPassword(terminal: Terminal): Promise<string> {
  if (terminal.interactive) {
    const { isCancel, password } = await import("@clack/prompts");
    const given = await password({ message: "password" });
    if (isCancel(given)) throw new CommandFailure("nothing was entered", exitCodes.interrupted);
    return given;
  }
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8") as AsyncIterable<string>) text += chunk;
  const line = text.replace(/\r?\n[\s\S]*$/, "");
  if (line === "") throw wrongUse("no password came from stdin");
  return line;
}
