import { lookup } from "node:dns/promises";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { ModelOf } from "./chat-attempt.ts";
import type { Clock } from "./clock.ts";
import type { Deployment } from "./deployment.ts";
import type { RouterEvents } from "./desk.ts";
import { field, textField } from "./field.ts";
import type { Ledger } from "./ledger.ts";
import { createLocality, type Locality } from "./locality.ts";
import { defaultRouterSettings, type RouterSettings } from "./policy.ts";
import { Router } from "./router.ts";
import { withoutOwnRetries } from "./without-own-retries.ts";

/** Where a routed model gets its router and its deployments' models from. */
export interface ModelSource {
  readonly deployments: readonly Deployment[];
  readonly settings: RouterSettings;
  /** The name asked for when nobody gives one. */
  readonly defaultModel: string;
  /** Calls in flight in `batch`, when the caller does not say. */
  readonly maxConcurrency?: number | undefined;
  /** Called when the first call comes; the same each time. */
  readonly open: () => Promise<OpenSource>;
  /** What a model says of itself, where that is known without asking it. */
  readonly profileOf?: ((deployment: Deployment) => ModelProfile | undefined) | undefined;
}

export interface OpenSource {
  readonly router: Router;
  readonly modelOf: ModelOf;
  readonly close?: (() => void) | undefined;
}

/** A chat model with what a configuration would say of it. */
export interface HandMadeDeployment extends Partial<Omit<Deployment, "id" | "model">> {
  readonly chat: BaseChatModel;
}

/**
 * Chat models by the name they are shown under, or a list of them, named as their models. The first is asked first,
 * the others are its fallbacks, in order.
 */
export type HandMadeModels =
  | Readonly<Record<string, BaseChatModel | HandMadeDeployment>>
  | readonly (BaseChatModel | HandMadeDeployment)[];

export interface HandMadeOptions {
  readonly models: HandMadeModels;
  /** What LiteLLM's `router_settings` would say; default as documented, each group falling back to the others. */
  readonly settings?: Partial<RouterSettings> | undefined;
  readonly events?: RouterEvents | undefined;
  readonly ledger?: Ledger | undefined;
  readonly locality?: Locality | undefined;
  readonly clock?: Clock | undefined;
  /** 0 to 1. */
  readonly random?: (() => number) | undefined;
}

/** A source made of chat models, without any file. Their own retries are turned off: there is one retry loop. */
export function handMadeSource(options: HandMadeOptions): ModelSource {
  const { models, events, ledger, clock, random } = options;
  const made = namedModels(models).map(([id, given]) => {
    const { chat, ...rest } = partsOf(given);
    return { chat: withoutOwnRetries(chat), deployment: describedDeployment(id, chat, rest) };
  });
  const deployments = made.map(({ deployment }) => deployment);
  const groups = [...new Set(deployments.map(({ group }) => group))];
  const chains = groups.map((group) => [group, groups.filter((other) => other !== group)] as const);
  const settings = { ...defaultRouterSettings, fallbacks: Object.fromEntries(chains), ...options.settings };
  const chats = new Map(made.map(({ chat, deployment }) => [deployment.id, chat]));
  const locality = options.locality ?? createLocality((host) => lookup(host, { all: true }));
  const router = new Router({ deployments, settings, locality, events, ledger, clock, random });
  const chatOf = ({ id }: Deployment): BaseChatModel => {
    const chat = chats.get(id);
    if (chat === undefined) throw new TypeError(`There is no chat model ${id}.`);
    return chat;
  };
  return {
    deployments,
    settings,
    defaultModel: groups[0] ?? "",
    open: async () => ({ router, modelOf: chatOf }),
    profileOf: (deployment) => chatOf(deployment).profile,
  };
}

function partsOf(given: BaseChatModel | HandMadeDeployment): HandMadeDeployment {
  return "chat" in given ? given : { chat: given };
}

function namedModels(models: HandMadeModels): [string, BaseChatModel | HandMadeDeployment][] {
  if (!isList(models)) return Object.entries(models);
  const taken = new Set<string>();
  return models.map((given) => {
    const { chat } = partsOf(given);
    const name = chat.getLsParams({} as never).ls_model_name ?? chat.getName();
    let id = name;
    for (let count = 2; taken.has(id); count += 1) id = `${name} ${count}`;
    taken.add(id);
    return [id, given];
  });
}

function isList(models: HandMadeModels): models is Extract<HandMadeModels, readonly unknown[]> {
  return Array.isArray(models);
}

/** What LangChain's models tell of themselves, in the router's words. */
function describedDeployment(
  id: string,
  chat: BaseChatModel,
  more: Omit<HandMadeDeployment, "chat">,
): Deployment {
  const { ls_provider, ls_model_name } = chat.getLsParams({} as never);
  const isGemini = /google/.test(ls_provider ?? "");
  const canCallTools = typeof chat.bindTools === "function";
  return {
    id,
    group: id,
    provider: isGemini ? "gemini" : "openai-compatible",
    label: isGemini ? "gemini" : (ls_provider ?? chat._llmType()),
    model: ls_model_name ?? textField(chat, "model") ?? id,
    // A name that leads nowhere is not local either.
    baseUrl: addressOf(chat) ?? `http://${encodeURIComponent(id)}.invalid`,
    capabilities: { tools: canCallTools, jsonSchema: canCallTools },
    ...more,
  };
}

function addressOf(chat: BaseChatModel): string | undefined {
  return (
    textField(field(chat, "clientConfig"), "baseURL") ??
    textField(chat, "baseUrl") ??
    textField(chat, "baseURL") ??
    textField(chat, "endpoint")
  );
}
