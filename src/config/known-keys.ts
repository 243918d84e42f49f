import type { ConfigPath, ConfigSource } from "./config-source.ts";
import { nearest } from "./nearest.ts";
import type { Notices } from "./notice.ts";
import {
  configSchema,
  generalSettingsSchema,
  litellmSettingsSchema,
  modelEntrySchema,
  modelInfoSchema,
  modelParametersSchema,
  routerSettingsSchema,
} from "./schema.ts";

interface Section {
  readonly title: string;
  readonly known: readonly string[];
  /** LiteLLM's keys that this router has no use for: said as such, not as mistakes. */
  readonly unused: readonly string[];
}

const section = (title: string, schema: { shape: object }, unused = ""): Section => ({
  title,
  known: Object.keys(schema.shape),
  unused: unused.split(" ").filter((name) => name !== ""),
});

const sections = {
  top: section(
    "",
    configSchema,
    "include finetune_settings files_settings assistant_settings callback_settings credential_list guardrails mcp_servers vector_store_registry prompts",
  ),
  entry: section("model_list", modelEntrySchema),
  parameters: section(
    "litellm_params",
    modelParametersSchema,
    "api_version organization region_name vertex_project vertex_location vertex_credentials max_retries mock_response drop_params additional_drop_params use_in_pass_through litellm_credential_name max_file_size_mb cache_control_injection_points",
  ),
  info: section(
    "model_info",
    modelInfoSchema,
    "base_model max_tokens input_cost_per_second db_model team_id created_at description supported_environments access_groups health_check_model litellm_provider",
  ),
  router: section(
    "router_settings",
    routerSettingsSchema,
    "redis_host redis_port redis_password redis_url cache_responses cache_kwargs caching_groups client_ttl polling_interval default_max_parallel_requests default_priority assistants_config set_verbose debug_level alerting_config provider_budget_config router_general_settings optional_pre_call_checks ignore_invalid_deployments",
  ),
  litellm: section(
    "litellm_settings",
    litellmSettingsSchema,
    "callbacks success_callback failure_callback service_callbacks turn_off_message_logging redact_user_api_key_info langfuse_default_tags modify_params cache cache_params json_logs enable_preview_features disable_end_user_cost_tracking key_generation_settings max_budget budget_duration default_team_settings telemetry add_function_to_prompt ssl_verify request_timeout_per_model forward_traceparent_to_llm_provider public_routes",
  ),
  general: section(
    "general_settings",
    generalSettingsSchema,
    "database_url database_connection_pool_limit store_model_in_db alerting alerting_threshold proxy_batch_write_at background_health_checks health_check_interval global_max_parallel_requests max_parallel_requests ui_access_mode disable_spend_logs disable_master_key_return enable_jwt_auth litellm_jwtauth allowed_routes pass_through_endpoints custom_auth key_management_system key_management_settings completion_model infer_model_from_keys disable_adding_master_key_hash_to_db use_redis_transaction_buffer maximum_spend_logs_retention_period forward_client_headers_to_llm_api",
  ),
} as const;

/** Parameters of a request that go to the provider as they are. */
export const passedParameters: readonly string[] =
  "top_k min_p seed n frequency_penalty presence_penalty repetition_penalty repeat_penalty logit_bias logprobs top_logprobs user response_format reasoning_effort thinking safety_settings grammar dimensions service_tier verbosity extra_body parallel_tool_calls metadata".split(
    " ",
  );

/** Warns about every key that has no meaning here, with the nearest one that has. */
export function warnUnknownKeys(source: ConfigSource, notices: Notices): void {
  const look = (value: unknown, path: ConfigPath, section: Section) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const key of Object.keys(value)) {
      if (section.known.includes(key)) continue;
      const isParameter = section === sections.parameters;
      if (isParameter && passedParameters.includes(key)) continue;
      const place = source.placeOfKey([...path, key]);
      const name = section.title === "" ? key : `${section.title}.${key}`;
      if (section.unused.includes(key)) {
        notices.warn(`${name} is a key of LiteLLM that has no effect here.`, place);
        continue;
      }
      const guess = nearest(key, section.known);
      const effect = isParameter
        ? "is not known and goes to the provider as it is"
        : "is not known and has no effect";
      const hint = guess === undefined ? "" : `: is ${guess} meant?`;
      notices.warn(`${name} ${effect}${hint}${hint ? "" : "."}`, place);
    }
  };
  const data = source.data as Record<string, unknown> | null;
  look(data, [], sections.top);
  look(data?.router_settings, ["router_settings"], sections.router);
  look(data?.litellm_settings, ["litellm_settings"], sections.litellm);
  look(data?.general_settings, ["general_settings"], sections.general);
  const models = Array.isArray(data?.model_list) ? (data.model_list as unknown[]) : [];
  for (const [index, entry] of models.entries()) {
    const path = ["model_list", index];
    look(entry, path, sections.entry);
    const { litellm_params, model_info } = (entry ?? {}) as Record<string, unknown>;
    look(litellm_params, [...path, "litellm_params"], sections.parameters);
    look(model_info, [...path, "model_info"], sections.info);
  }
}
