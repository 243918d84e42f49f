import { END, START, StateGraph } from "@langchain/langgraph";
import { IngestState } from "./state.ts";
import {
  chunkStep,
  cypherStep,
  deriveStep,
  type IngestResources,
  parseStep,
  recordStep,
  structureStep,
  writeStep,
} from "./steps.ts";

/** Derive and write take turns until nothing is left: as many rounds as a large vault needs. */
const mostSteps = 1_000_000;

/**
 * The ingest graph: a batch of notes is parsed, chunked and recorded, and its texts are written; after the last
 * batch everything that the notes touch is derived and written, some owners at a time. `resourcesFor` says what
 * the steps of a batch work with.
 */
export function buildIngestGraph(resourcesFor: (files: readonly string[]) => Promise<IngestResources>) {
  return new StateGraph(IngestState)
    .addNode("parse", async ({ files }) => parseStep(files, await resourcesFor(files)))
    .addNode("chunk", async ({ notes }) => ({ notes: await chunkStep(notes) }))
    .addNode("extractStructure", async ({ notes }) => ({ notes: await structureStep(notes) }))
    .addNode("record", async ({ files, notes }) => ({
      recorded: recordStep(notes, await resourcesFor(files)),
    }))
    .addNode("derive", async ({ files, moreToCome }) => deriveStep(await resourcesFor(files), moreToCome))
    .addNode("writeCypher", async ({ files, patch }) => cypherStep(patch, await resourcesFor(files)))
    .addNode("write", async ({ files, patch, derived, statements }) =>
      writeStep(patch, derived, statements, await resourcesFor(files)),
    )
    .addEdge(START, "parse")
    .addEdge("parse", "chunk")
    .addEdge("chunk", "extractStructure")
    .addEdge("extractStructure", "record")
    .addEdge("record", "derive")
    .addEdge("derive", "writeCypher")
    .addEdge("writeCypher", "write")
    .addConditionalEdges(
      "write",
      async ({ files, moreToCome }) => {
        const { vault } = await resourcesFor(files);
        return (moreToCome ? vault.hasText() : vault.hasWork()) ? "derive" : END;
      },
      ["derive", END],
    )
    .compile({ name: "ingest" });
}

/** Options for running the graph to its end. */
export const untilDone = { recursionLimit: mostSteps };
