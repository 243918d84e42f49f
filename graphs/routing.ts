import { studioRoutingGraph } from "../src/studio-routing.ts";

/** The routing graph for LangGraph Studio: give it `messages`, and `model` or `localOnly` if you like. */
export const graph = studioRoutingGraph();
