import type * as z from "zod";
import {
  generalSettingsSchema,
  litellmSettingsSchema,
  modelEntrySchema,
  modelInfoSchema,
  modelParametersSchema,
  routerSettingsSchema,
} from "./schema.ts";

const sections: readonly (readonly [string, { shape: Record<string, z.ZodType> }])[] = [
  ["model_list[]", modelEntrySchema],
  ["model_list[].litellm_params", modelParametersSchema],
  ["model_list[].model_info", modelInfoSchema],
  ["router_settings", routerSettingsSchema],
  ["litellm_settings", litellmSettingsSchema],
  ["general_settings", generalSettingsSchema],
];

/** Every key of the file as Markdown tables, from the schema that checks it. */
export function configReference(): string {
  return sections
    .map(([title, { shape }]) => {
      const rows = Object.entries(shape).map(
        ([key, schema]) => `| \`${key}\` | ${schema.description ?? ""} |`,
      );
      return [`### \`${title}\``, "", "| key | meaning |", "| --- | --- |", ...rows].join("\n");
    })
    .join("\n\n");
}
