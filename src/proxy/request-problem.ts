import { KnownError } from "../errors.ts";

/** A request that cannot be routed at all: what is wrong with it, as the caller is told. */
export class RequestProblem extends KnownError {
  /** HTTP status. */
  readonly status: number;
  /** The field at fault. */
  readonly param: string | null;

  constructor(status: number, code: string, message: string, param: string | null = null) {
    super(code, message, { facts: { status, param } });
    this.status = status;
    this.param = param;
  }
}
