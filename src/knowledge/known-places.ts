import { fold, withoutAccents } from "./names.ts";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const languages = ["en", "pt-BR", "pt-PT"];
let places: ReadonlySet<string> | undefined;

/** Whether a name is that of a country, in English or Portuguese, or of a city that gives a time zone its name. */
export function isKnownPlace(name: string): boolean {
  places ??= new Set([...countries(), ...cities()].map(plain));
  return places.has(plain(name));
}

function countries(): string[] {
  return languages.flatMap((language) => {
    const names = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
    return [...letters].flatMap((first) => [...letters].flatMap((second) => names.of(first + second) ?? []));
  });
}

/** `Europe/Lisbon`: stations in Antarctica and counties of the United States are called after persons. */
function cities(): string[] {
  return Intl.supportedValuesOf("timeZone").flatMap((zone) => {
    const [region, city, ...more] = zone.split("/");
    return city === undefined || more.length > 0 || region === "Antarctica"
      ? []
      : [city.replaceAll("_", " ")];
  });
}

function plain(name: string): string {
  return withoutAccents(fold(name));
}
