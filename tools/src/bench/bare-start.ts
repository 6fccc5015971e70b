// The peer of `bench cold-start`: a Node process that listens, and nothing else.
import { createServer } from "node:http";

const server = createServer((_request, response) => response.end("ok"));
server.listen(0, "127.0.0.1", () => console.log("listening"));
process.on("SIGTERM", () => process.exit(0));
