import { BlockList, isIP } from "node:net";
import type { Deployment } from "./deployment.ts";

/** All addresses of a host name, as `dns.promises.lookup(host, { all: true })` gives them. */
export type Lookup = (host: string) => Promise<readonly { readonly address: string }[]>;

/** Which deployments keep a text on this machine or network. */
export interface Locality {
  /** Asked of the network each time: what a name resolves to can change. */
  readonly isLocal: (deployment: Deployment) => Promise<boolean>;
}

const here = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 32],
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  here.addSubnet(network, prefix, "ipv4");
}
for (const [network, prefix] of [
  ["::", 128],
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  here.addSubnet(network, prefix, "ipv6");
}

/** True for loopback, private and link-local addresses, an IPv4 one inside IPv6 included. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.split("%")[0] ?? "";
  const family = isIP(plain);
  // BlockList itself looks through ::ffff:a.b.c.d.
  return family !== 0 && here.check(plain, family === 6 ? "ipv6" : "ipv4");
}

const neverLocalHosts = /(?:^|\.)(?:googleapis\.com|openai\.com|openai\.azure\.com)$/i;

/**
 * A deployment is local when every address of its host is private; `local` of its configuration wins over that,
 * Google's and OpenAI's addresses never are, and what speaks Gemini's language is taken for a way to Google.
 */
export function createLocality(lookup: Lookup): Locality {
  return {
    isLocal: async ({ baseUrl, local, provider }) => {
      if (!URL.canParse(baseUrl)) return false;
      const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
      if (host === "" || neverLocalHosts.test(host)) return false;
      if (local !== undefined) return local;
      if (provider === "gemini") return false;
      if (isIP(host) !== 0) return isPrivateAddress(host);
      try {
        const addresses = await lookup(host);
        return addresses.length > 0 && addresses.every(({ address }) => isPrivateAddress(address));
      } catch {
        // A name that does not resolve leads nowhere: not here either.
        return false;
      }
    },
  };
}
