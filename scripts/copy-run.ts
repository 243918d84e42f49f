import { openStore, openToIngest, placeNamed } from "../src/app.ts";
import { readEnvironment } from "../src/config/environment.ts";
import { KnownError, UsageError } from "../src/errors.ts";
import { copyGraph } from "../src/store/copy-graph.ts";
import { withoutCredentials } from "../src/store/neo4j-address.ts";
import type { CopyCommandOptions } from "./copy.ts";
import { exitCode } from "./exit.ts";
import { plain, print } from "./output.ts";

/** Copies a graph, compares both and says what was copied; returns the exit code. */
export async function runCopy(options: CopyCommandOptions): Promise<number> {
  const environment = readEnvironment(options.envFile === undefined ? {} : { envFile: options.envFile });
  const from = placeNamed(options.from, "--from");
  const to = placeNamed(options.to, "--to");
  if (from === to) {
    throw new UsageError("COPY_ONTO_ITSELF", `${plain(from)} is named twice: --from and --to must differ.`);
  }
  const shown = withoutCredentials(to);
  const source = await openStore(from, { environment });
  try {
    const target = await openToIngest(to, undefined, { environment, state: options.state });
    try {
      const differences = await copyGraph(source, target, shown);
      const counts = await target.store.counts();
      if (differences.length > 0) throw notTheSame(shown, differences.length);
      if (options.json === true)
        print(JSON.stringify({ from: withoutCredentials(from), to: shown, graph: counts }, null, 2));
      else if (options.quiet !== true) {
        const { notes, chunks, entities, facts, tags } = counts;
        print(
          `Copied ${notes} notes, ${chunks} chunks, ${entities} entities, ${facts} facts and ${tags} tags into ${plain(shown)}; both say the same.`,
        );
      }
      return exitCode.done;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function notTheSame(to: string, differences: number): KnownError {
  return new KnownError(
    "COPY_DIFFERS",
    `The copy in ${to} differs from the original in ${differences} places: was one of them written to meanwhile? Copy it again.`,
    { facts: { to, differences } },
  );
}
