import passport from "passport";
import { CadreError } from "../kernel/errors.ts";

/** What Cadre asks of a Passport strategy: any of the published ones is one. */
export interface PassportStrategy {
  name?: string;
  authenticate(request: never, options?: object): void;
}

/** The request as a strategy sees it: the members of Express that strategies use, without Express. */
export interface StrategyRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  query: Record<string, unknown>;
  body: Record<string, unknown>;
  /** Kept between beginning and callback: what strategies put there (`state`, code verifiers) is theirs. */
  session: Record<string, unknown>;
}

/** How it went: somebody is known, the browser is to go elsewhere, or nobody is known. */
export type StrategyOutcome = { kind: "known"; identity: unknown } | { kind: "redirect"; location: string } | { kind: "unknown"; challenge: unknown };

/** Runs one strategy for one request with Passport's own middleware; sessions are ours, so Passport keeps none. What a strategy reports as an error is thrown. */
export function runStrategy(strategy: PassportStrategy, request: StrategyRequest): Promise<StrategyOutcome> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(error instanceof Error ? error : new CadreError("sign_in_failed", `The strategy failed: ${String(error)}`, { status: 500 }));
    const done = (error: unknown, identity?: unknown, challenge?: unknown): void => {
      if (error) return fail(error);
      resolve(identity ? { kind: "known", identity } : { kind: "unknown", challenge });
    };
    const response = {
      statusCode: 200,
      headers: new Map<string, string>(),
      setHeader(name: string, value: unknown): void {
        this.headers.set(name.toLowerCase(), String(value));
      },
      end(): void {
        const location = this.headers.get("location");
        resolve(location === undefined ? { kind: "unknown", challenge: undefined } : { kind: "redirect", location });
      },
    };
    // Passport writes its actions onto the strategy it is given, so each request gets one of its own
    const own = Object.create(strategy) as never;
    const run = new passport.Passport().authenticate(own, { session: false }, done) as (request: StrategyRequest, response: unknown, next: (error?: unknown) => void) => void;
    run(request, response, (error) => (error === undefined ? resolve({ kind: "unknown", challenge: undefined }) : fail(error)));
  });
}
