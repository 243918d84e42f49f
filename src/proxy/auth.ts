import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isPrivateAddress } from "../routing/core.ts";
import { RequestProblem } from "./request-problem.ts";

/** Throws for a request that may not be served. */
export type Gatekeeper = (headers: IncomingHttpHeaders) => void;

/** With a key: whoever shows it. Without one: programs of this machine, and no web page in its browser. */
export function gatekeeper(masterKey: string | undefined): Gatekeeper {
  return masterKey === undefined ? assertFromHere : keyGatekeeper(masterKey);
}

function keyGatekeeper(masterKey: string): Gatekeeper {
  const expected = digestOf(masterKey);
  return (headers) => {
    const shown = shownKey(headers);
    if (shown === undefined) {
      throw new RequestProblem(
        401,
        "NO_API_KEY",
        "No key was shown: send the proxy's master key as `Authorization: Bearer …`.",
      );
    }
    // Of digests, which are of one length: neither that nor the place of the first difference shows in the time.
    if (!timingSafeEqual(digestOf(shown), expected)) {
      throw new RequestProblem(401, "INVALID_API_KEY", "The key is not the proxy's master key.");
    }
  };
}

function digestOf(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

/** As OpenAI's clients send it, or Azure's and Anthropic's. */
function shownKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) return /^Bearer +(\S.*)$/i.exec(authorization)?.[1]?.trimEnd();
  const other = headers["api-key"] ?? headers["x-api-key"];
  return typeof other === "string" && other !== "" ? other : undefined;
}

/** A page from elsewhere can reach loopback through its reader's browser: it says where it is from, or whom it asks. */
function assertFromHere(headers: IncomingHttpHeaders): void {
  const { host, origin } = headers;
  const isHere = isOwnHost(host) && (origin === undefined || isOwnOrigin(origin));
  const isFetchedElsewhere = headers["sec-fetch-site"] === "cross-site";
  if (isHere && !isFetchedElsewhere) return;
  throw new RequestProblem(
    403,
    "FORBIDDEN",
    "Without a master key only programs of this machine are served: set general_settings.master_key for others.",
  );
}

function isOwnOrigin(origin: string): boolean {
  return URL.canParse(origin) && isOwnHost(new URL(origin).host);
}

function isOwnHost(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = host
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return isLoopback(name) || /^(?:.+\.)?localhost$|^host\.(?:docker|containers)\.internal$/.test(name);
}

/** True for the names and addresses on which nobody outside this machine can call. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === "localhost") return true;
  return isPrivateAddress(host) && /^(?:127\.|::1$|::ffff:127\.)/i.test(host);
}
