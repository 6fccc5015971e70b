import { type IncomingMessage, request as httpRequest, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Passes requests and upgrades below a path on to another process, byte by byte: for live connections. */
export function passOn(server: Server, path: string, target: string): void {
  const { hostname, port } = new URL(target);
  const isOurs = (url: string | undefined): boolean => url === path || url?.startsWith(`${path}/`) === true || url?.startsWith(`${path}?`) === true;
  const others = server.listeners("request") as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (!isOurs(request.url)) {
      for (const other of others) other.call(server, request, response);
      return;
    }
    const onward = httpRequest({ hostname, port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(503, { "retry-after": "1" }).end()));
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!isOurs(request.url)) return;
    const onward = httpRequest({ hostname, port, method: "GET", path: request.url, headers: request.headers });
    onward.on("upgrade", (answer, upstream: Socket, first: Buffer) => {
      const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join("\r\n")}\r\n\r\n`);
      if (first.length > 0) socket.write(first);
      if (head.length > 0) upstream.write(head);
      for (const [one, other] of [
        [socket, upstream],
        [upstream, socket],
      ] as const) {
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
        one.pipe(other);
      }
    });
    onward.on("response", (answer) => socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nconnection: close\r\n\r\n`));
    onward.on("error", () => socket.destroy());
    onward.end();
  });
}
