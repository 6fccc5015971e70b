import { pino, type Logger } from "pino";
import { currentContext } from "./context.ts";

export type { Logger };

/** JSON lines on stderr; every line of a request carries its id and trace. Bodies, tokens and questions are never logged. */
export function createLog(level: string, name: string): Logger {
  return pino(
    {
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ["*.authorization", "*.token", "*.password", "*.key", "authorization", "token", "password"], censor: "[redacted]" },
      mixin() {
        const context = currentContext();
        return context ? { requestId: context.requestId, traceId: context.traceId } : {};
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
