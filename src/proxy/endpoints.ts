import type { IncomingMessage, ServerResponse } from "node:http";

export type Serve = (request: IncomingMessage, response: ServerResponse) => void;

export interface Endpoint {
  readonly methods: Readonly<Record<string, Serve | undefined>>;
  /** Served to everybody. */
  readonly isOpen?: boolean;
}

/** What is served where: exact paths, each also without `/v1`, and one family of paths. */
export class Endpoints {
  readonly #exact = new Map<string, Endpoint>();
  readonly #families: { readonly prefix: string; readonly endpoint: Endpoint }[] = [];

  add(path: string, endpoint: Endpoint): this {
    for (const twin of [path, `/v1${path}`]) this.#exact.set(twin, endpoint);
    return this;
  }

  /** Every path below `path`, and of its twin. */
  addBelow(path: string, endpoint: Endpoint): this {
    for (const twin of [path, `/v1${path}`]) this.#families.push({ prefix: `${twin}/`, endpoint });
    return this;
  }

  at(path: string): Endpoint | undefined {
    return (
      this.#exact.get(path) ??
      this.#families.find(({ prefix }) => path.length > prefix.length && path.startsWith(prefix))?.endpoint
    );
  }
}
