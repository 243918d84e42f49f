import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DeploymentEmbeddings } from "../../src/providers/embeddings.ts";
import { listModels } from "../../src/providers/list-models.ts";
import { settingsFor } from "../support/provider-servers/settings.ts";
import { answer, startWireServer, type WireServer } from "../support/provider-servers/wire-server.ts";

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
});

describe("embeddings", () => {
  it("of an OpenAI-compatible server come back in order, whatever the order on the wire", async () => {
    server.reply = answer(200, {
      data: [
        { index: 1, embedding: [2] },
        { index: 0, embedding: [1] },
      ],
    });
    const embeddings = new DeploymentEmbeddings(settingsFor("localai", server.url));
    expect(await embeddings.embedDocuments(["a", "b"])).toEqual([[1], [2]]);
    expect(server.requests[0]).toMatchObject({
      path: "/v1/embeddings",
      body: { input: ["a", "b"], model: "llama3.2:3b" },
    });
  });

  it("of Gemini are asked for in batches of a hundred, documents and questions each as such", async () => {
    server.reply = (response, request) =>
      answer(200, {
        embeddings: (request.body.requests as unknown[]).map((_, index) => ({ values: [index] })),
      })(response, request);
    const settings = settingsFor("gemini", server.url, { model: "gemini-embedding-001" });
    const embeddings = new DeploymentEmbeddings(settings);
    const texts = Array.from({ length: 150 }, (_, index) => `text ${index}`);
    expect(await embeddings.embedDocuments(texts)).toHaveLength(150);
    await embeddings.embedQuery("q");
    expect(server.requests.map(({ path }) => path)).toEqual(
      Array(3).fill("/v1beta/models/gemini-embedding-001:batchEmbedContents"),
    );
    expect(JSON.stringify(server.requests[0]?.body)).toContain("RETRIEVAL_DOCUMENT");
    expect(JSON.stringify(server.requests[2]?.body)).toContain("RETRIEVAL_QUERY");
  });

  it("fail like the models do, and once", async () => {
    const embeddings = new DeploymentEmbeddings(settingsFor("localai", server.url));
    server.reply = answer(501, {
      error: { code: 501, message: "no embeddings", type: "not_supported_error" },
    });
    await expect(embeddings.embedQuery("a")).rejects.toMatchObject({ status: 501 });
    server.reply = answer(200, { data: [] });
    await expect(embeddings.embedQuery("a")).rejects.toMatchObject({ reason: "malformed" });
    expect(server.requests).toHaveLength(2);
  });
});

describe("a list of models", () => {
  it("checks a key without asking a model", async () => {
    server.reply = answer(200, { models: [{ name: "models/gemini-flash-lite-latest" }] });
    expect(await listModels(settingsFor("gemini", server.url))).toEqual(["gemini-flash-lite-latest"]);
    server.reply = answer(200, { object: "list", data: [{ id: "llama3.2:3b", object: "model" }] });
    expect(await listModels(settingsFor("localai", server.url))).toEqual(["llama3.2:3b"]);
    expect(server.requests.map(({ path }) => path)).toEqual(["/v1beta/models?pageSize=1000", "/v1/models"]);
    server.reply = answer(401, { error: { message: "no" } });
    await expect(listModels(settingsFor("openai", server.url))).rejects.toMatchObject({ status: 401 });
  });
});
