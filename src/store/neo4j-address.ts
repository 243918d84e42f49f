import { hash } from "node:crypto";
import { UsageError } from "../errors.ts";

/** Which database of which server, and who asks. */
export interface Neo4jAddress {
  /** `neo4j://`, `bolt://` and their secure kin; may carry user and password. */
  readonly uri: string;
  readonly username?: string;
  readonly password?: string;
  /** Default: the user's home database. */
  readonly database?: string;
}

/** Whether a place names a Neo4j server. */
export function isNeo4jUri(location: string): boolean {
  return /^(?:neo4j|bolt)(?:\+s|\+ssc)?:\/\//i.test(location);
}

/** The parts of an address; what is in the URI counts where nothing else says so, and leaves the URI. */
export function partsOf(
  address: Neo4jAddress,
): Neo4jAddress & { readonly uri: string; readonly shown: string } {
  const url = URL.canParse(address.uri) ? new URL(address.uri) : undefined;
  if (url === undefined || url.hostname === "") {
    throw new UsageError(
      "NEO4J_ADDRESS",
      `"${withoutCredentials(address.uri)}" is no address of a Neo4j server: give one such as neo4j://localhost:7687.`,
    );
  }
  const username = address.username ?? (decodeURIComponent(url.username) || undefined);
  const password = address.password ?? (decodeURIComponent(url.password) || undefined);
  const shown = withoutCredentials(address.uri);
  return {
    uri: shown,
    shown,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(address.database !== undefined && { database: address.database }),
  };
}

/** Names the state file of a database: the same server by another scheme is the same. */
export function addressHash(uri: string, database: string): string {
  const { hostname, port } = new URL(uri.replace(/^[^:]+:/, "http:"));
  const place = `${hostname.toLowerCase()}:${port === "" ? "7687" : port}/${database.toLowerCase()}`;
  return hash("sha256", place, "hex").slice(0, 16);
}

/** Addresses can carry a password, which belongs in no message. */
export function withoutCredentials(location: string): string {
  return location.replace(/\/\/[^/]*@/, "//");
}
