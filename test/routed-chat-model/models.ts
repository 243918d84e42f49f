import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRoutedChatModel, type CreateRoutedChatModelOptions } from "../../src/routing-entry.ts";
import type { WireServer } from "../support/provider-servers/wire-server.ts";

const folder = mkdtempSync(join(tmpdir(), "routed-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** A model of a configuration like the guide's, at local servers, with a ledger of the tests' own. */
export function routedAt(
  servers: { readonly gemini?: WireServer; readonly localai?: WireServer },
  options: CreateRoutedChatModelOptions & { readonly router?: object } = {},
) {
  const { router, ...rest } = options;
  const { gemini, localai } = servers;
  return createRoutedChatModel({
    ledgerFile: join(folder, "ledger.sqlite"),
    onWarning: () => undefined,
    config: {
      model_list: [
        ...(gemini === undefined ? [] : [geminiAt(gemini)]),
        ...(localai === undefined ? [] : [localaiAt(localai)]),
      ],
      router_settings: {
        ...(gemini && localai && { fallbacks: [{ "gemini-flash": ["localai-llama"] }] }),
        ...router,
      },
    },
    ...rest,
  });
}

const geminiAt = ({ url }: WireServer) => ({
  model_name: "gemini-flash",
  litellm_params: { model: "gemini/gemini-flash-lite-latest", api_key: "key-of-gemini", api_base: url },
});
const localaiAt = ({ url }: WireServer) => ({
  model_name: "localai-llama",
  litellm_params: { model: "localai/llama3.2:3b", api_base: `${url}/v1` },
});
