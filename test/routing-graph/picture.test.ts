import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeNames, routingGraph } from "../../src/routing/index.ts";

const document = join(import.meta.dirname, "../../docs/routed-chat-model.md");

async function drawn(deployments: readonly string[]) {
  const workFor = async () => expect.fail("nothing is run");
  return routingGraph({ deployments, workFor }).compile().getGraphAsync();
}

test("the picture in the documentation is that of the guide's graph; UPDATE_PICTURES=1 draws it anew", async () => {
  const graph = await drawn(["gemini-flash", "localai-llama"]);
  const picture = graph
    .drawMermaid({ withStyles: false })
    .split("\n")
    .map((line) => line.trimEnd().replace(/^\t+/, "  ").replace(/;$/, ""))
    .filter((line) => line !== "")
    .join("\n");
  const text = readFileSync(document, "utf8");
  const updated = text.replace(/(```mermaid\n)[^`]*(```)/, (_, open, close) => `${open}${picture}\n${close}`);
  if (process.env.UPDATE_PICTURES !== undefined) writeFileSync(document, updated);
  else expect(updated).toBe(text);
});

test("every edge leads where its rule can lead, and nowhere else", async () => {
  const { edges } = await drawn(["a", "b"]);
  const arrows = edges.map(
    ({ source, target, conditional }) => `${source} ${conditional === true ? "?" : "-"}> ${target}`,
  );
  const ofDeployment = (id: string) => [
    `${id} ?> __end__`,
    `${id} ?> fail`,
    `${id} ?> fallback`,
    `${id} ?> retry`,
  ];
  expect(arrows.toSorted()).toEqual(
    [
      "__start__ -> select",
      ...ofDeployment("a"),
      ...ofDeployment("b"),
      "fail -> __end__",
      "fallback -> select",
      "retry -> select",
      "select ?> a",
      "select ?> b",
      "select ?> fail",
    ].toSorted(),
  );
});

test("a deployment is drawn under its own name, or beside it where LangGraph keeps that for itself", () => {
  const names = nodeNames([
    "gemini-flash",
    "openai/gpt-4o",
    "select",
    "route",
    "llama3.2:3b",
    "llama3.2-3b",
    "",
  ]);
  expect([...names.values()]).toEqual([
    "gemini-flash",
    "openai/gpt-4o",
    "select*",
    "route*",
    "llama3.2-3b",
    "llama3.2-3b*",
    "deployment",
  ]);
});
