import { type IncomingMessage, request as httpRequest, type RequestOptions, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";

/** Passes requests and upgrades below a path on to another process, byte by byte: for live connections. */
export function passOn(server: Server, path: string, target: string): void {
  const { hostname, port } = new URL(target);
  const isOurs = (url: string | undefined): boolean => url === path || url?.startsWith(`${path}/`) === true || url?.startsWith(`${path}?`) === true;
  const onwardOf = ({ method, url, headers }: IncomingMessage): RequestOptions => ({ hostname, port, method, path: url, headers });
  const others = server.listeners("request") as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners("request");
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (isOurs(request.url)) passRequest(onwardOf(request), request, response);
    else for (const other of others) other.call(server, request, response);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOurs(request.url)) passUpgrade(onwardOf(request), socket, head);
    else socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
  });
}

function passRequest(options: RequestOptions, request: IncomingMessage, response: ServerResponse): void {
  const onward = httpRequest(options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // What breaks off there breaks off here.
    pipeline(answer, response, () => undefined);
  });
  onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(503, { "retry-after": "1" }).end()));
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

function passUpgrade(options: RequestOptions, socket: Duplex, head: Buffer): void {
  const onward = httpRequest({ ...options, agent: false });
  // From here on nobody else listens to this socket: an error that nobody hears would end the process.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => onward.destroy());
  onward.on("upgrade", (answer, upstream, first) => {
    const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join("\r\n")}\r\n\r\n`);
    if (first.length > 0) socket.write(first);
    if (head.length > 0) upstream.write(head);
    upstream.on("error", () => upstream.destroy());
    upstream.on("close", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  onward.on("response", (answer) => {
    answer.destroy();
    socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nconnection: close\r\n\r\n`);
  });
  onward.on("error", () => socket.destroy());
  onward.end();
}
