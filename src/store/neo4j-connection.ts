import type { AuthToken, Driver, Integer, ManagedTransaction, RecordShape, Session } from "neo4j-driver";
import { UsageError } from "../errors.ts";
import { answersInTime } from "./bolt-probe.ts";
import { type Neo4jAddress, partsOf } from "./neo4j-address.ts";
import { markerLabel } from "./neo4j-schema.ts";
import { type Asked, isOutOfMemory, neo4jProblem } from "./neo4j-problem.ts";

/** An open way to one database, over which nothing but Cypher goes. */
export interface Neo4jConnection {
  /** Address without a password, for messages. */
  readonly place: string;
  readonly database: string;
  /** A whole number as Neo4j keeps it; a plain number becomes a real one. */
  readonly int: (value: number) => Integer;
  /** Rows of a reading query, as plain values. */
  read(text: string, parameters?: Parameters): Promise<RecordShape[]>;
  /** The same, while they arrive. */
  stream(text: string, parameters?: Parameters): AsyncIterable<RecordShape>;
  /** One transaction; done again by itself when the server says that this may help. */
  write(text: string, parameters?: Parameters): Promise<RecordShape[]>;
  /** Throws what writing would meet in this database, and writes nothing. */
  checkWritable(): Promise<void>;
  close(): Promise<void>;
}

type Parameters = Readonly<Record<string, unknown>>;

const openingMs = 8_000;
const longestRetryMs = 30_000;
const fetchSize = 1_000;

/** Reaches a server and a database. Throws UsageError within ten seconds when that cannot be. */
export async function openNeo4j(address: Neo4jAddress): Promise<Neo4jConnection> {
  const { uri, shown, username, password, database: named } = partsOf(address);
  const asked = { place: shown, database: named, hasPassword: password !== undefined };
  const neo4j = await loadDriver();
  if (!(await answersInTime(uri, openingMs))) throw nothingCame(shown);
  const driver = driverFor(neo4j, uri, neo4j.auth.basic(username ?? "neo4j", password ?? ""));
  try {
    const database = await withinTime(reach(driver, named, shown), shown);
    return connectionOf(driver, neo4j, { ...asked, database });
  } catch (error) {
    // A server that never answers would hold up the closing too.
    void driver.close().catch(() => {});
    throw neo4jProblem(error, { ...asked, isOpening: true });
  }
}

function driverFor(neo4j: Neo4j, uri: string, auth: AuthToken): Driver {
  try {
    return neo4j.driver(uri, auth, {
      disableLosslessIntegers: true,
      connectionTimeout: 5_000,
      connectionAcquisitionTimeout: openingMs,
      maxTransactionRetryTime: longestRetryMs,
      fetchSize,
      userAgent: "neo4j-langgraph",
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError("NEO4J_ADDRESS", `${uri} is no address of a Neo4j server (${reason}).`, {
      cause: error,
    });
  }
}

type Neo4j = Awaited<ReturnType<typeof loadDriver>>;

async function loadDriver() {
  try {
    return (await import("neo4j-driver")).default;
  } catch (error) {
    throw new UsageError(
      "DRIVER_MISSING",
      "Neo4j is reached by the package neo4j-driver, which is not installed: npm install neo4j-driver.",
      { cause: error },
    );
  }
}

/** Asks the server what it is and which database it means. */
async function reach(driver: Driver, named: string | undefined, place: string): Promise<string> {
  const { agent = "" } = await driver.getServerInfo(named === undefined ? {} : { database: named });
  checkVersion(agent, place);
  const session = driver.session({
    defaultAccessMode: "READ",
    ...(named !== undefined && { database: named }),
  });
  try {
    const { records } = await session.run("CALL db.info() YIELD name RETURN name");
    return String(records[0]?.get("name") ?? named ?? "neo4j");
  } finally {
    await session.close();
  }
}

/** Labels that are computed came with 5.26; lines from 2025 on are counted by years. */
export function checkVersion(agent: string, place: string): void {
  const [, major, minor] = /^Neo4j\/(\d+)\.(\d+)/.exec(agent) ?? [];
  const isNewEnough = Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 26);
  if (isNewEnough) return;
  throw new UsageError(
    "NEO4J_TOO_OLD",
    `${place} is ${agent === "" ? "an unknown server" : agent}, and the graph needs Neo4j 5.26 or newer: update the server, or use another.`,
    { facts: { place, agent } },
  );
}

function withinTime<Result>(work: Promise<Result>, place: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(nothingCame(place));
    }, openingMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function nothingCame(place: string): UsageError {
  return new UsageError(
    "NEO4J_UNREACHABLE",
    `No Neo4j answers at ${place} (nothing came within ${openingMs / 1_000} s): is it running, and is the address right?`,
    { facts: { place } },
  );
}

function connectionOf(
  driver: Driver,
  neo4j: Neo4j,
  asked: Omit<Asked, "isOpening"> & { readonly database: string },
): Neo4jConnection {
  const { place, database } = asked;
  const explained = (error: unknown) => neo4jProblem(error, { ...asked, isOpening: false });
  const inSession = async <Result>(
    mode: "READ" | "WRITE",
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> => {
    const session = driver.session({ database, defaultAccessMode: mode });
    try {
      return await work(session);
    } catch (error) {
      throw explained(error);
    } finally {
      await session.close();
    }
  };
  const rowsOf = async (tx: ManagedTransaction, text: string, parameters: Parameters) =>
    (await tx.run(text, parameters)).records.map((record) => record.toObject());
  return {
    place,
    database,
    int: (value) => neo4j.int(value),
    read: (text, parameters = {}) =>
      inSession("READ", (session) => session.executeRead((tx) => rowsOf(tx, text, parameters))),
    stream: async function* (text, parameters = {}) {
      const session = driver.session({ database, defaultAccessMode: "READ" });
      try {
        for await (const record of session.run(text, parameters)) yield record.toObject();
      } catch (error) {
        throw explained(error);
      } finally {
        await session.close();
      }
    },
    write: (text, parameters = {}) =>
      inSession("WRITE", (session) =>
        session.executeWrite(async (tx) => {
          try {
            return await rowsOf(tx, text, parameters);
          } catch (error) {
            // Marked as worth a retry, which it is not.
            throw isOutOfMemory(error) ? explained(error) : error;
          }
        }),
      ),
    checkWritable: async () => {
      const session = driver.session({ database });
      try {
        const tx = session.beginTransaction();
        await tx.run(`CREATE (:${markerLabel} {id: 'trial'})`);
        await tx.rollback();
      } catch (error) {
        throw neo4jProblem(error, { ...asked, isOpening: true });
      } finally {
        await session.close();
      }
    },
    close: () => driver.close(),
  };
}
