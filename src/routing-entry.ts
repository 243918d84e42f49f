/** What `neo4j-langgraph/routing` is: the routing area, and the model that a configuration makes of it. */
export * from "./routing/index.ts";
export { createRoutedChatModel, type CreateRoutedChatModelOptions } from "./create-routed-chat-model.ts";
