import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const version = "5.26.30";

/** A server that can be started, and cypher-shell beside it: all of it jars. */
export interface Installation {
  readonly java: string;
  readonly classPath: string;
}

/** Why there is none, in a sentence. */
export interface Missing {
  readonly missing: string;
}

/** Neo4j Community and cypher-shell from Maven Central, kept in the user's cache folder: 130 MB, once, before which `onFetch` is called. */
export async function installNeo4j(onFetch: () => void = () => {}): Promise<Installation | Missing> {
  const java = await findJava();
  if (typeof java !== "string") return java;
  const cache = cacheFolder();
  const folder = join(cache, `neo4j-${version}`);
  const classPath = join(folder, "*");
  if (existsSync(folder)) return { java, classPath };
  if (!isOnPath("mvn")) return { missing: "Maven (mvn) is not on the PATH" };
  onFetch();
  const unfinished = join(cache, `unfinished-${process.pid}`);
  try {
    mkdirSync(unfinished, { recursive: true });
    const pom = join(unfinished, "pom.xml");
    writeFileSync(pom, project);
    const jars = join(unfinished, "jars");
    await run("mvn", ["-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${jars}`]);
    renameSync(jars, folder);
  } catch (error) {
    // Another run may have been faster.
    if (!existsSync(folder)) {
      return { missing: `Maven could not fetch Neo4j ${version}: ${firstError(error)}` };
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return { java, classPath };
}

/** Where what was fetched is kept, and servers of one's own. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "neo4j-langgraph");
}

async function findJava(): Promise<string | Missing> {
  const home = process.env["JAVA_HOME"];
  const java = home === undefined ? "java" : join(home, "bin", "java");
  try {
    const { stderr } = await run(java, ["-version"]);
    const major = Number(/version "(\d+)/.exec(stderr)?.[1]);
    return major >= 17
      ? java
      : { missing: `Java is too old for Neo4j, which needs 17 (${stderr.split("\n")[0]})` };
  } catch {
    return { missing: "Java (17 or newer) is not on the PATH" };
  }
}

function isOnPath(command: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, command)));
}

/** Maven says what is wrong on stdout, in its first line that begins with ERROR. */
function firstError(error: unknown): string {
  const output = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
  return /\[ERROR\].*/.exec(output)?.[0] ?? String(error);
}

const project = `<project><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>neo4j-on-loopback</artifactId><version>1</version>
<dependencies>
${["neo4j", "cypher-shell"].map((name) => `<dependency><groupId>org.neo4j</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`).join("\n")}
</dependencies></project>
`;
