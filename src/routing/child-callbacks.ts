import { CallbackManager, type CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";

type Handlers = Parameters<CallbackManager["setHandlers"]>[0];

/** The parts of a run manager that its types hide; those of chains and tools make a `getChild` of them. */
interface Inheritable {
  readonly runId: string;
  readonly _parentRunId?: string | undefined;
  readonly inheritableHandlers: Handlers;
  readonly inheritableTags: string[];
  readonly inheritableMetadata: Record<string, unknown>;
}

/** What makes LangChain's `streamEvents` and `streamLog`. */
const eventStreams = new Set(["event_stream_tracer", "log_stream_tracer"]);

/**
 * What `getChild` would give if the run of a model had one: the steps of a route are seen beneath it.
 * Only the events of the model alone are those of a chat model and nothing else, as LangChain's tests want them.
 */
export function childCallbacks(
  runManager: CallbackManagerForLLMRun | undefined,
): CallbackManager | undefined {
  if (runManager === undefined) return undefined;
  // What a child inherits is protected in LangChain's types, and a model's run manager has no `getChild`.
  const parent = runManager as unknown as Inheritable;
  const manager = new CallbackManager(parent.runId);
  const isAlone = parent._parentRunId === undefined;
  manager.setHandlers(parent.inheritableHandlers.filter(({ name }) => !isAlone || !eventStreams.has(name)));
  manager.addTags(parent.inheritableTags);
  manager.addMetadata(parent.inheritableMetadata);
  return manager;
}
