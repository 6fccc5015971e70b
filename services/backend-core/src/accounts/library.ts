import { AppError, createId } from "@rivergen/contracts";

/** What the accounts library does for us: passwords and sessions. Loaded on first use, since starting must be quick. */
export interface AccountLibrary {
  /** @throws EMAIL_TAKEN */
  signUp(given: { email: string; password: string; name: string }): Promise<SignedIn>;
  /** @throws INVALID_CREDENTIALS after the same time whether or not the account exists */
  signIn(given: { email: string; password: string }): Promise<SignedIn>;
  startSession(userId: string): Promise<SignedIn>;
  close(): Promise<void>;
}
export interface SignedIn {
  readonly userId: string;
  readonly token: string;
  readonly expiresAt: string;
}

const sessionSeconds = 30 * 24 * 3600;

/** Opens better-auth over the service's own database role. */
export async function openAccountLibrary({ databaseUrl, secret }: { databaseUrl: string; secret: string }): Promise<AccountLibrary> {
  const [{ betterAuth }, { default: pg }, { hash, verify }] = await Promise.all([import("better-auth"), import("pg"), import("@node-rs/argon2")]);
  const url = new URL(databaseUrl);
  url.searchParams.set("options", "-c search_path=backend_core");
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  // Without a listener an idle connection that the server drops would end the process.
  pool.on("error", () => undefined);
  const auth = betterAuth({
    baseURL: "http://localhost",
    secret,
    database: pool,
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    session: { expiresIn: sessionSeconds, cookieCache: { enabled: false } },
    advanced: { database: { generateId: ({ model }) => (model === "user" ? createId("user") : crypto.randomUUID()) } },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 10,
      maxPasswordLength: 128,
      password: { hash: (password) => hash(password), verify: ({ hash: kept, password }) => verify(kept, password) },
    },
  });
  const expiry = (): string => new Date(Date.now() + sessionSeconds * 1000).toISOString();

  return {
    async signUp(body) {
      const done = await auth.api.signUpEmail({ body }).catch((error: unknown) => {
        throw isTaken(error) ? new AppError("EMAIL_TAKEN", {}, error) : error;
      });
      if (!done.token) throw new AppError("INTERNAL");
      return { userId: done.user.id, token: done.token, expiresAt: expiry() };
    },
    async signIn(body) {
      const done = await auth.api.signInEmail({ body }).catch((error: unknown) => {
        throw (error as { statusCode?: number }).statusCode !== undefined ? new AppError("INVALID_CREDENTIALS", {}, error) : error;
      });
      return { userId: done.user.id, token: done.token, expiresAt: expiry() };
    },
    async startSession(userId) {
      const { internalAdapter } = await auth.$context;
      const session = await internalAdapter.createSession(userId);
      return { userId, token: session.token, expiresAt: new Date(session.expiresAt).toISOString() };
    },
    close: () => pool.end(),
  };
}

function isTaken(error: unknown): boolean {
  const code = (error as { body?: { code?: string } }).body?.code ?? "";
  return code.startsWith("USER_ALREADY_EXISTS");
}
