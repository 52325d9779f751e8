const brand = Symbol.for("cadre.error");

/** One thing wrong in an input: `pointer` is an RFC 6901 JSON pointer into it, `code` is stable, `message` is for the person. */
export interface Problem {
  pointer: string;
  code: string;
  message: string;
}

export interface ErrorOptions {
  /** HTTP status a client sees; 400 unless told. */
  status?: number;
  /** Extra members of the problem+json answer; never secrets. */
  data?: Record<string, unknown>;
  problems?: Problem[];
  cause?: unknown;
}

/**
 * Every error Cadre raises on purpose: a stable snake_case `code`, an HTTP `status`, a message for the person reading.
 * Told by brand (see `isCadreError`), so that two copies of the package agree.
 */
export class CadreError extends Error {
  readonly [brand] = true;
  override readonly name = "CadreError";
  readonly code: string;
  readonly status: number;
  readonly data: Record<string, unknown>;
  readonly problems: Problem[];

  constructor(code: string, message: string, { status = 400, data = {}, problems = [], cause }: ErrorOptions = {}) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.data = data;
    this.problems = problems;
  }
}

/** A decision, not a fault: return it from a guard to veto, throw it from a command. Status 403 unless told. */
export function refuse(code: string, message: string, options: ErrorOptions = {}): CadreError {
  return new CadreError(code, message, { status: 403, ...options });
}

/** True for an error of any copy of Cadre. */
export function isCadreError(value: unknown): value is CadreError {
  return typeof value === "object" && value !== null && brand in value;
}

/** The one-line text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What `/docs/errors` says of a code: declared by the part or plugin that refuses with it. */
export interface ErrorDeclaration {
  status: number;
  /** What happened and what the person can do. */
  summary: string;
}
