/** The routed model as an agent with tools; each provider is given them in its own way. */
import { tool } from "@langchain/core/tools";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { createRoutedChatModel } from "neo4j-langgraph/routing";
import * as z from "zod";

const tideAt = tool(({ place }) => `High water at ${place}: 14:32, 3.1 m.`, {
  name: "tide_at",
  description: "The next high water at a place.",
  schema: z.object({ place: z.string().describe("A harbour or a beach.") }),
});

const agent = createReactAgent({ llm: createRoutedChatModel(), tools: [tideAt] });
const { messages } = await agent.invoke({ messages: "When is high water at Nazaré?" });
for (const message of messages) console.log(`${message.type}: ${message.text || JSON.stringify(message)}`);
