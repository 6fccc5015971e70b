export { eventSink, eventSource } from "./events.ts";
export { httpSink, httpSource } from "./http.ts";
export { objectSink, objectSource } from "./objects.ts";
