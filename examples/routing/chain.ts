/** The routed model in an LCEL chain: `node --conditions=checkout examples/routing/chain.ts` in a checkout. */
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { createRoutedChatModel } from "neo4j-langgraph/routing";

const model = createRoutedChatModel();
const prompt = ChatPromptTemplate.fromTemplate("Say in one sentence what {thing} is.");
const chain = prompt.pipe(model).pipe(new StringOutputParser());

for await (const token of await chain.stream({ thing: "a tide gauge" })) process.stdout.write(token);
process.stdout.write("\n");
