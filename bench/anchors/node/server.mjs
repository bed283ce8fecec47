// The usual way with `ws`: encode once for each event, `send` to each client.
import { readFileSync } from "node:fs";
import { WebSocketServer } from "ws";

const [port, path] = process.argv.slice(2);
const frame = JSON.parse(readFileSync(path, "utf8"));
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(port),
  backlog: 4096,
  perMessageDeflate: false,
});
let seq = 0;

server.on("connection", (socket) => {
  socket.on("message", (data) => {
    const said = JSON.parse(data);
    if (said.publish) {
      seq += 1;
      const text = JSON.stringify({ ...frame, seq });
      for (const client of server.clients) client.send(text);
    } else if (said.lang) {
      socket.send(JSON.stringify({ v: 1, seq, side: {} }));
    }
  });
});
