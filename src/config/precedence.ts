import type { Environment } from "./environment.ts";
import { placeText, type Notices, type Place } from "./notice.ts";

/** A value and where it was written. */
export interface Given<Value> {
  readonly value: Value;
  readonly place: Place;
}

/** Reads variables and says once when a weaker place sets one to something else. */
export class Variables {
  readonly environment: Environment;
  readonly notices: Notices;

  constructor(environment: Environment, notices: Notices) {
    this.environment = environment;
    this.notices = notices;
  }

  text(name: string, options: { secret?: boolean } = {}): Given<string> | undefined {
    const [first, ...others] = this.environment.all(name);
    if (first === undefined) return undefined;
    const shown = (value: string) => (options.secret ? name : `${name}=${value}`);
    for (const other of others) {
      if (other.value === first.value) continue;
      this.notices.warn(
        `${shown(other.value)} of ${other.source} is not used: ${first.source} sets ${options.secret ? "another" : first.value}.`,
      );
    }
    return { value: first.value, place: { source: `${name} of ${first.source}` } };
  }

  /** The first of several names that is set. */
  firstOf(
    names: readonly string[],
    options: { secret?: boolean } = {},
  ): (Given<string> & { name: string }) | undefined {
    const set = names.flatMap((name) => {
      const given = this.text(name, options);
      return given === undefined ? [] : [{ ...given, name }];
    });
    const [first, ...others] = set;
    for (const other of others) {
      if (other.value === first?.value) continue;
      this.notices.warn(
        `${other.name} is not used: ${first?.name} is set too${options.secret ? "" : `, to ${first?.value}`}.`,
      );
    }
    return first;
  }
}

/**
 * Which of a file's and an environment's value counts. The file's, except that one which only repeats the
 * built-in value gives way to an environment that says something else; whichever loses is warned about.
 */
export function settled<Value>(
  name: string,
  from: { file?: Given<Value> | undefined; environment?: Given<Value> | undefined; builtIn?: Value },
  notices: Notices,
): Given<Value> | undefined {
  const { file, environment, builtIn } = from;
  if (file === undefined || environment === undefined || file.value === environment.value)
    return file ?? environment;
  if (file.value === builtIn) {
    notices.warn(
      `${name} ${String(file.value)} gives way to ${environment.place.source}, which says ${String(environment.value)}.`,
      file.place,
    );
    return environment;
  }
  notices.warn(
    `${environment.place.source} says ${String(environment.value)} and is not used: ${name} is ${String(file.value)} at ${placeText(file.place)}.`,
  );
  return file;
}
