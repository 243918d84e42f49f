/** An answer by a schema. One that does not fit is mended or asked of another model before you see it. */
import { createRoutedChatModel } from "neo4j-langgraph/routing";
import * as z from "zod";

const Book = z.object({ title: z.string(), author: z.string(), year: z.number().int() });

const model = createRoutedChatModel().withStructuredOutput(Book, { name: "book", includeRaw: true });
const { parsed, raw } = await model.invoke("Edda Marsh wrote The Lighthouse Ledger in 1987.");
console.log(parsed);
console.log(raw.response_metadata.route);
