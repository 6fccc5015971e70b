export { type Platform, type PlatformOptions, startPlatform, stopPlatform } from "./platform.ts";
export { ask, type AskOptions, isPlanned, type Planned, type Question, type Ready, showPlan } from "./ask.ts";
export { followRun, type Journey, showRun, startRun, type StartOptions } from "./run.ts";
export { uploadFiles, type UploadOptions } from "./upload.ts";
export { createTerminal, type Terminal, type TerminalStreams } from "../terminal.ts";
