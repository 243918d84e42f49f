export { environmentFrom, readEnvironment, storeEnvironment } from "./environment.ts";
export type { Environment, EnvironmentOptions, EnvironmentValue, StoreEnvironment } from "./environment.ts";
export { defaultConfigFile, loadSettings } from "./load.ts";
export type { LoadOptions } from "./load.ts";
export { noticeText } from "./notice.ts";
export type { Notice, Place } from "./notice.ts";
export type { DeploymentSettings, RouterSettings, Settings } from "./settings.ts";
