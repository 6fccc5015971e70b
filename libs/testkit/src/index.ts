export { eventually } from "./eventually.ts";
export { type Answer, asPerson, type Person, send, signUp } from "./http.ts";
export { type Hosting, type PlatformOptions, readOwner, startPlatform, type TestPlatform, type TestProcess } from "./platform.ts";
