/** The routed model inside a graph of your own: its tokens come out once, its steps are seen beneath yours. */
import { END, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { createRoutedChatModel } from "neo4j-langgraph/routing";

const model = createRoutedChatModel();
const graph = new StateGraph(MessagesAnnotation)
  .addNode("talk", async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
  .addEdge(START, "talk")
  .addEdge("talk", END)
  .compile();

const stream = await graph.stream({ messages: "Say hello." }, { streamMode: "messages" });
for await (const [message] of stream) process.stdout.write(message.text);
process.stdout.write("\n");
