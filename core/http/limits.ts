import { RateLimiterMemory, RateLimiterRedis, type RateLimiterAbstract, type RateLimiterRes } from "rate-limiter-flexible";
import type { Actor } from "../kernel/permissions.ts";
import { CadreError } from "../kernel/errors.ts";
import type { RawRequest } from "./request.ts";
import type { PlacedRoute } from "./table.ts";

/** Counts requests: per person, or per address for guests. */
export interface Limits {
  /** The headers that tell how much is left. @throws too_many_requests (429) */
  take(route: PlacedRoute, request: RawRequest, actor: Actor, own?: { points: number; durationS: number }): Promise<Record<string, string>>;
}

/** Limits in this process, or in Redis (under `prefix`) with this process standing in while Redis is away. */
export function createLimits(requestsPerMinute: number, redis?: { client: unknown; prefix: string }): Limits {
  const limiter = (name: string, points: number, duration: number): RateLimiterAbstract => {
    const options = { keyPrefix: `${redis?.prefix ?? ""}${name}`, points, duration };
    const memory = new RateLimiterMemory(options);
    return redis === undefined ? memory : new RateLimiterRedis({ ...options, storeClient: redis.client, useRedisPackage: true, rejectIfRedisNotReady: true, insuranceLimiter: memory });
  };
  const general = limiter("limit", requestsPerMinute, 60);
  const special = new Map<PlacedRoute, RateLimiterAbstract>();
  return {
    async take(route, request, actor, own) {
      let counter = general;
      if (own) {
        counter = special.get(route) ?? limiter(`limit:${route.method}:${route.fullPath}`, own.points, own.durationS);
        special.set(route, counter);
      }
      const key = own || actor.id === null ? request.ip : actor.id;
      try {
        return headersOf(counter, await counter.consume(key));
      } catch (error) {
        if (error instanceof Error) throw error;
        const state = error as RateLimiterRes;
        const waitS = Math.ceil(state.msBeforeNext / 1000);
        throw new CadreError("too_many_requests", `Too many requests; try again in ${waitS} seconds.`, {
          status: 429,
          data: { retryAfterS: waitS, headers: { ...headersOf(counter, state), "Retry-After": String(waitS) } },
        });
      }
    },
  };
}

/** The draft "RateLimit header fields for HTTP". */
function headersOf({ points, duration }: RateLimiterAbstract, { remainingPoints, msBeforeNext }: RateLimiterRes): Record<string, string> {
  return {
    "RateLimit-Policy": `"default";q=${points};w=${duration}`,
    RateLimit: `"default";r=${Math.max(remainingPoints, 0)};t=${Math.ceil(msBeforeNext / 1000)}`,
  };
}
