import { openStore, storeLocation } from "../src/app.ts";
import { type Answer, retrieve } from "../src/ask/retrieve.ts";
import { readEnvironment } from "../src/config/environment.ts";
import { UsageError } from "../src/errors.ts";
import type { AskCommandOptions } from "./ask.ts";
import { describeFact } from "./describe-fact.ts";
import { exitCode } from "./exit.ts";
import { dim, paragraph, print, remark } from "./output.ts";

/** Runs `ask` and prints what was found; returns the exit code. */
export async function runAsk(question: string, options: AskCommandOptions): Promise<number> {
  if (question.trim() === "")
    throw new UsageError("NO_QUESTION", "The question is empty: put it in quotes after `ask`.");
  const environment = readEnvironment(options.envFile === undefined ? {} : { envFile: options.envFile });
  const store = await openStore(storeLocation(options.store, environment), { environment });
  try {
    const most = options.verbose === true ? { mostEvidence: 20, mostFacts: 40 } : {};
    const answer = await retrieve(question, store, most);
    if (options.json === true) print(JSON.stringify(answer, null, 2));
    else printAnswer(answer);
    if (options.evidence !== true)
      remark("\nNo model is asked in this version: these are places in your notes, the best first.", options);
    return exitCode.done;
  } finally {
    await store.close();
  }
}

function printAnswer({ evidence, facts }: Answer): void {
  if (evidence.length + facts.length === 0) {
    print("Nothing in the notes speaks of that.");
    return;
  }
  evidence.forEach(({ path, headings, quote, score }, index) => {
    const number = `${index + 1}.`.padEnd(3);
    print(paragraph(`“${quote}”`, "   ").replace("   ", number));
    print(dim(`   ${[path, ...headings].join(" › ")}  (${score.toFixed(2)})`));
  });
  if (facts.length === 0) return;
  if (evidence.length > 0) print();
  print("Facts");
  for (const fact of facts) print(describeFact(fact));
}
