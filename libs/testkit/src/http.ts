import { randomUUID } from "node:crypto";

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  // Tests read answers of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

export interface Person {
  readonly token: string;
  readonly workspaceId: string;
  readonly userId: string;
  readonly email: string;
  /** One request; a body that is no text, bytes or stream goes out as JSON. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export async function send(url: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body === undefined || isRaw ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: (isRaw ? body : JSON.stringify(body)) as string, duplex: "half" }),
  } as object);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Signs up a new account and gives its hands. */
export async function signUp(url: string, name = "Ann"): Promise<Person> {
  const email = `${randomUUID()}@example.test`;
  const { json, status, text } = await send(url, "POST", "/v1/auth/sign-up", { email, password: "three rivers meet 42", name });
  if (status !== 201) throw new Error(`sign-up answered ${status}: ${text}`);
  const signedUp = json as { token: string; user: { id: string }; workspace: { id: string } };
  return asPerson(url, signedUp.token, { workspaceId: signedUp.workspace.id, userId: signedUp.user.id, email });
}

export function asPerson(url: string, token: string, rest: { workspaceId: string; userId: string; email: string }): Person {
  return { token, ...rest, send: (method, path, body, headers = {}) => send(url, method, path, body, { authorization: `Bearer ${token}`, ...headers }) };
}
