import { AppError, Channel, mostChannels } from "@rivergen/contracts";

/** Channels of the query `channels`, separated by commas; absent: the whole workspace. @throws INVALID_REQUEST */
export function readChannels(text: string | undefined): readonly string[] {
  const channels = [...new Set((text ?? "").split(",").map((channel) => channel.trim()))].filter((channel) => channel !== "");
  if (channels.length === 0) return ["workspace"];
  if (channels.length > mostChannels) throw invalid(`names more than ${mostChannels} channels`);
  const wrong = channels.find((channel) => !Channel.safeParse(channel).success);
  if (wrong !== undefined) throw invalid(`${JSON.stringify(wrong.slice(0, 100))} must be workspace, run:<id> or dataset:<id>`);
  return channels;
}

function invalid(message: string): AppError {
  return new AppError("INVALID_REQUEST", { errors: [{ path: "query/channels", code: "INVALID_FORMAT", message }], detail: `query/channels: ${message}.` });
}

/** Number in `Last-Event-ID`; undefined where it is absent. @throws INVALID_REQUEST */
export function readLastEventId(header: string | undefined): number | undefined {
  if (header === undefined || header === "") return undefined;
  const seq = /^\d{1,15}$/.test(header) ? Number(header) : Number.NaN;
  if (Number.isSafeInteger(seq)) return seq;
  throw new AppError("INVALID_REQUEST", { errors: [{ path: "header/last-event-id", code: "INVALID_FORMAT", message: "must be the number of an event" }] });
}
