import { lookup as resolveName } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { Agent, type Dispatcher } from "undici";

export interface ConnectionOptions {
  /** Time to connect, TLS included; default 2,000 for a loopback or private host, else 10,000. */
  readonly connectTimeoutMs?: number;
  /** Refuse, at the moment of connecting, every address that is not loopback or private. */
  readonly onlyLocalAddresses?: boolean;
}

const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 32],
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
] as const) {
  privateNetworks.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  privateNetworks.addSubnet(network, prefix, "ipv6");
}

/** True for a loopback, private or link-local IP address, IPv4-mapped IPv6 included. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const family = isIP(plain);
  return family !== 0 && privateNetworks.check(plain, family === 4 ? "ipv4" : "ipv6");
}

/** A guess from the name alone: an address literal, `localhost`, one bare word, or a name only a local network has. */
export function isPrivateHost(hostname: string): boolean {
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0) return isPrivateAddress(hostname);
  return /^[^.]+$|\.(localhost|local|lan|internal|svc|home\.arpa)\.?$/i.test(hostname);
}

const localTimeoutMs = 2000;
const remoteTimeoutMs = 10_000;
const dispatchers = new Map<string, Agent>();

/** A kept pool of connections with these limits; reading has no limit of its own, the caller's signal is it. */
export function connectionTo(url: string, options: ConnectionOptions = {}): Dispatcher {
  const timeoutMs =
    options.connectTimeoutMs ?? (isPrivateHost(new URL(url).hostname) ? localTimeoutMs : remoteTimeoutMs);
  const guarded = options.onlyLocalAddresses === true;
  const key = `${timeoutMs} ${guarded}`;
  let dispatcher = dispatchers.get(key);
  if (dispatcher === undefined) {
    dispatcher = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: timeoutMs, ...(guarded && { lookup: localLookup }) },
    });
    dispatchers.set(key, dispatcher);
  }
  return dispatcher;
}

/** Address literals never reach a lookup, so the guard on them stands before the call. */
export function assertLocalLiteral(url: string): void {
  const { hostname } = new URL(url);
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0 && !isPrivateAddress(hostname)) throw notLocal(hostname);
}

const localLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "", 0);
    const first = addresses[0];
    if (first === undefined || !addresses.every((entry) => isPrivateAddress(entry.address))) {
      return callback(notLocal(hostname), "", 0);
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

function notLocal(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is not a loopback or private address.`), {
    code: "ERR_NOT_LOCAL",
  });
}
