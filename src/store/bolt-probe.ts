import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";

/** How Bolt begins: its magic, then the versions a client speaks, the newest range first. */
const greeting = Buffer.from("6060b01700080805000204040000000000000000", "hex");

/**
 * Whether anything answers at an address in time. The driver would hold on to a server that takes the call and says
 * nothing for a minute, and the process with it. Whoever refuses the call has answered: the driver says it better.
 */
export function answersInTime(uri: string, milliseconds: number): Promise<boolean> {
  const { protocol, hostname, port } = new URL(uri.replace(/^\w+/, (scheme) => scheme.toLowerCase()));
  const host = hostname.replace(/^\[|\]$/g, "");
  const place = { host, port: port === "" ? 7687 : Number(port) };
  const socket: Socket = protocol.includes("+s")
    ? connectSecure({ ...place, servername: host, rejectUnauthorized: false })
    : connectPlain(place);
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(false), milliseconds);
    const end = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    socket.once(protocol.includes("+s") ? "secureConnect" : "connect", () => socket.write(greeting));
    socket.once("data", () => end(true));
    socket.once("error", () => end(true));
    socket.once("close", () => end(true));
  });
}
