import type { KnownProvider, ModelName } from "./known-providers.ts";
import { settled, type Given, type Variables } from "./precedence.ts";

/** The address of a deployment: given, of the environment, or its provider's own. */
export function baseUrlOf(
  name: ModelName,
  known: KnownProvider | undefined,
  file: Given<string> | undefined,
  variables: Variables,
): string | undefined {
  // Only LocalAI's address stands in both of the guide's files; a gateway in the file is meant as it is.
  const mayBeBoth = name.label === "localai" || file === undefined;
  const environment = mayBeBoth ? variables.firstOf(known?.baseUrlVariables ?? []) : undefined;
  const from = { file, environment, ...(known?.baseUrl !== undefined && { builtIn: known.baseUrl }) };
  const given = settled(`the address of ${name.label}`, from, variables.notices);
  const url = given?.value ?? known?.baseUrl;
  return url !== undefined && known?.addsV1 && URL.canParse(url) && new URL(url).pathname === "/"
    ? `${url.replace(/\/+$/, "")}/v1`
    : url;
}

/** The key and the variable to name when it is refused; never anything that shows the key. */
export function keyOf(
  id: string,
  known: KnownProvider | undefined,
  file: Given<string> | undefined,
  fileVariable: string | undefined,
  variables: Variables,
): { apiKey?: string; apiKeyVariable?: string } {
  const names = known?.keyVariables ?? [];
  const variable = fileVariable ?? names[0];
  const environment = variables.firstOf(names, { secret: true });
  if (
    file !== undefined &&
    fileVariable === undefined &&
    environment !== undefined &&
    environment.value !== file.value
  ) {
    variables.notices.warn(
      `${environment.name} is set and not used for ${id}: its api_key says another.`,
      file.place,
    );
  }
  const apiKey = file?.value ?? environment?.value;
  return {
    ...(apiKey !== undefined && { apiKey }),
    ...(variable !== undefined && {
      apiKeyVariable: file === undefined && environment ? environment.name : variable,
    }),
  };
}
