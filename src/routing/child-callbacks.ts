import { CallbackManager, type CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";

/** The parts of a run manager that its types hide; those of chains and tools make a `getChild` of them. */
interface Inheritable {
  readonly runId: string;
  readonly inheritableHandlers: Parameters<CallbackManager["setHandlers"]>[0];
  readonly inheritableTags: string[];
  readonly inheritableMetadata: Record<string, unknown>;
}

/** What `getChild` would give if the run of a model had one: the steps of a route are seen beneath it. */
export function childCallbacks(
  runManager: CallbackManagerForLLMRun | undefined,
): CallbackManager | undefined {
  if (runManager === undefined) return undefined;
  const parent = runManager as unknown as Inheritable;
  const manager = new CallbackManager(parent.runId);
  manager.setHandlers(parent.inheritableHandlers);
  manager.addTags(parent.inheritableTags);
  manager.addMetadata(parent.inheritableMetadata);
  return manager;
}
