import type { ModelSource, OpenSource } from "./model-source.ts";
import { innerGraph, type InnerGraph } from "./walk-graph.ts";

type Opened = OpenSource & { readonly graph: InnerGraph };

/** One router and one graph for a model and all that was made of it by `withConfig` and `bindTools`. */
const openedSources = new WeakMap<ModelSource, Promise<Opened>>();

/** Opens a source with the first call; one that fails to open is tried again with the next. */
export function openedSource(source: ModelSource): Promise<Opened> {
  const known = openedSources.get(source);
  if (known !== undefined) return known;
  const opening = source.open().then((open) => ({ ...open, graph: innerGraph(open.router) }));
  openedSources.set(source, opening);
  opening.catch(() => openedSources.delete(source));
  return opening;
}

/** Frees what a source holds open. */
export async function closeSource(source: ModelSource): Promise<void> {
  const opened = await openedSources.get(source)?.catch(() => undefined);
  opened?.close?.();
}
