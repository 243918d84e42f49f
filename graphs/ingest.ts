import { buildIngestGraph } from "../src/ingest/graph.ts";
import { studioResources } from "../src/studio-resources.ts";

/** The ingest graph for LangGraph Studio: give it `files`, one note or a few, of a vault in the working directory. */
export const graph = buildIngestGraph(studioResources);
