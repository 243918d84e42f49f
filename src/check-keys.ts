import type { DeploymentSettings } from "./config/index.ts";
import { listModels } from "./providers/list-models.ts";

/** One list of models a deployment; what is refused is said, and routing goes on. */
export async function checkKeys(
  deployments: readonly DeploymentSettings[],
  warn: (message: string) => void,
): Promise<void> {
  const check = async (deployment: DeploymentSettings) => {
    try {
      await listModels(deployment, AbortSignal.timeout(10_000));
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      warn(`The key of ${deployment.id} could not be checked: ${sentence}`);
    }
  };
  await Promise.all(deployments.map(check));
}
