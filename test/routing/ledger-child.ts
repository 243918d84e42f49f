// Another process on the same ledger: `node ledger-child.ts FILE ask|count`.
import {
  defaultRouterSettings,
  openLedger,
  Router,
  signalsOfHttpAnswer,
  walk,
} from "../../src/routing/index.ts";
import { gemini, localai } from "./scenes.ts";

const [file = "", task = "", more = ""] = process.argv.slice(2);
const ledger = await openLedger(file, { now: Date.now, warn: (message) => console.error(message) });

if (task === "ask") {
  const calls: string[] = [];
  const router = new Router({
    deployments: [gemini(), localai()],
    settings: { ...defaultRouterSettings, fallbacks: { "gemini-flash": ["localai-llama"] } },
    ledger,
  });
  const perDay = {
    error: {
      code: 429,
      message: "You exceeded your current quota. Please retry in 22.5s.",
      details: [
        { violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier", quotaValue: "250" }] },
      ],
    },
  };
  await walk(router, { model: "gemini-flash", inputTokens: 1 }, undefined, async ({ id }) => {
    calls.push(id);
    const signals = {
      ...signalsOfHttpAnswer({ status: 429, body: perDay }),
      simulated: more === "simulated",
    };
    return id === "gemini-flash" ? { kind: "failed", signals } : { kind: "answered", answer: "fine" };
  });
  ledger.close();
  console.log(calls.join(" "));
} else {
  // Adds one request after the other and says so once it is written, until it is killed.
  for (let count = 1; ; count += 1) {
    ledger.add("key", "day", { requests: 1, costUsd: 0.5 });
    ledger.sync();
    console.log(count);
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
}
