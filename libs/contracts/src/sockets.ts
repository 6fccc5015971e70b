import { z } from "zod";
import { Channel } from "./events.ts";

/** Where Socket.io listens, over websocket and polling. */
export const realtimePath = "/v1/realtime";

/** `auth` of the handshake. A refusal is a `connect_error` whose `data` is a `SocketRefusal`. */
export const SocketHandshake = z
  .object({
    /** Session token or API key. */
    token: z.string(),
    /** May be left out by a key bound to one workspace and by a user with one. */
    workspaceId: z.string().max(80).nullish(),
    /** `seq` of the last event that is already known: what came after it is replayed. Absent: live only. */
    after: z.number().int().min(0).nullish(),
  })
  .meta({ id: "SocketHandshake" });
export type SocketHandshake = z.output<typeof SocketHandshake>;

/** Payload of `subscribe` and `unsubscribe`. */
export const ChannelRequest = z.strictObject({ channels: z.array(Channel).min(1).max(1_000) }).meta({ id: "ChannelRequest" });
export type ChannelRequest = z.output<typeof ChannelRequest>;

/** Why something was refused: a code of the error catalogue, and one sentence. */
export const SocketRefusal = z.strictObject({ code: z.string(), detail: z.string() }).meta({ id: "SocketRefusal" });
export type SocketRefusal = z.output<typeof SocketRefusal>;

/** Acknowledgement of `subscribe` and `unsubscribe`. */
export const ChannelAnswer = z
  .discriminatedUnion("ok", [
    z.strictObject({
      ok: z.literal(true),
      /** Where the log stood: what is older is replayed where the handshake has `after`, what is newer comes live. */
      seq: z.number().int().nonnegative(),
    }),
    SocketRefusal.extend({ ok: z.literal(false) }),
  ])
  .meta({ id: "ChannelAnswer" });
export type ChannelAnswer = z.output<typeof ChannelAnswer>;

/** Most channels of one socket. */
export const mostChannels = 1_000;
