/** Without any file: chat models of LangChain's by name, the first asked first, the others its fallbacks. */
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { ChatOpenAI } from "@langchain/openai";
import { RoutedChatModel } from "neo4j-langgraph/routing";

const model = new RoutedChatModel({
  models: {
    gemini: new ChatGoogleGenerativeAI({ model: "gemini-flash-lite-latest", apiKey: process.env.GOOGLE_API_KEY ?? "none" }),
    localai: {
      chat: new ChatOpenAI({
        model: "llama3.2:3b",
        apiKey: "none",
        configuration: { baseURL: process.env.LOCALAI_BASE_URL ?? "http://localhost:30808/v1" },
      }),
      local: true,
    },
  },
  events: { onFallback: ({ from, to, why }) => console.log(`${from} → ${to}: ${why}`) },
});

// Private: only the model marked local is asked.
const { text, response_metadata } = await model.invoke("Say hello.", { local_only: true });
console.log(text);
console.log(response_metadata.route);
