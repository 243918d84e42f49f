import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { ChatResult } from "@langchain/core/outputs";
import { KnownError } from "./errors.ts";
import type { Deployment } from "./routing/index.ts";
import { simulatedSignals, type SimulatedFailure } from "./simulation.ts";

export { readSimulation } from "./simulation.ts";

/** A chat model that fails as planted, in the words of the deployment's provider; it sends nothing. */
export function simulatedModel(failure: SimulatedFailure, deployment: Deployment): BaseChatModel {
  return new SimulatedModel(failure, deployment);
}

class SimulatedModel extends BaseChatModel {
  readonly #failure: SimulatedFailure;
  readonly #deployment: Deployment;

  constructor(failure: SimulatedFailure, deployment: Deployment) {
    super({});
    this.#failure = failure;
    this.#deployment = deployment;
  }

  override _llmType(): string {
    return "simulated";
  }

  override bindTools(): this {
    return this;
  }

  override async _generate(): Promise<ChatResult> {
    const signals = simulatedSignals(this.#failure, this.#deployment);
    const message = `${this.#deployment.id} fails as planted: ${this.#failure}.`;
    throw Object.assign(new KnownError("SIMULATED_FAILURE", message), { signals });
  }
}
