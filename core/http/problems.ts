import { CadreError, isCadreError, messageOf } from "../kernel/errors.ts";

/** An error as RFC 9457 tells it; `errors` point into the input. Faults (500) keep their cause to themselves. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  errors?: { pointer: string; code: string; message: string }[];
  [member: string]: unknown;
}

/** Anything thrown as a CadreError: what we did not expect becomes `internal_error`. */
export function asCadreError(error: unknown): CadreError {
  if (isCadreError(error)) return error;
  const status = (error as { status?: unknown } | null)?.status;
  if (typeof status === "number" && status >= 400 && status < 500) return new CadreError("bad_request", messageOf(error), { status, cause: error });
  return new CadreError("internal_error", "Something went wrong on our side. It has been noted; try again, and tell us the request's number if it stays.", {
    status: 500,
    cause: error,
  });
}

/** The same error with headers for its answer; its own count where both name one. What is no CadreError stays as it is. */
export function withHeaders(error: unknown, headers: Record<string, string>): unknown {
  if (!isCadreError(error)) return error;
  const { code, message, status, data, problems, cause } = error;
  return new CadreError(code, message, { status, problems, cause, data: { ...data, headers: { ...headers, ...(data.headers as object | undefined) } } });
}

export function problemDetails(error: CadreError, data: Record<string, unknown>, requestId: string): ProblemDetails {
  return {
    type: `/docs/errors#${error.code}`,
    title: titles[error.status] ?? "Error",
    status: error.status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.problems.length > 0 ? { errors: error.problems } : {}),
    ...data,
  };
}

const titles: Record<number, string> = {
  400: "Bad request",
  401: "Not signed in",
  402: "Payment required",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  410: "Gone",
  412: "Changed meanwhile",
  413: "Too large",
  415: "Wrong media type",
  422: "Not valid",
  428: "Precondition required",
  429: "Too many requests",
  500: "Fault on our side",
  503: "Not available now",
};
