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

/** Counts by keys of its own. */
export interface Counter {
  /** Counts one; the headers that tell how much is left. @throws too_many_requests (429) */
  take(key: string): Promise<Record<string, string>>;
}

/** Limits in this process, or in Redis (under `prefix`) with this process standing in while Redis is away. */
export function createLimits(requestsPerMinute: number, redis?: SharedCounts): Limits {
  const general = createCounter({ name: "limit", points: requestsPerMinute, durationS: 60 }, redis);
  const special = new Map<PlacedRoute, Counter>();
  return {
    async take(route, request, actor, own) {
      let counter = general;
      if (own) {
        counter = special.get(route) ?? createCounter({ name: `limit:${route.method}:${route.fullPath}`, ...own }, redis);
        special.set(route, counter);
      }
      return counter.take(own || actor.id === null ? request.ip : actor.id);
    },
  };
}

/** A counter that lets `points` pass in `durationS`, kept where limits are; its name is its own. */
export function createCounter({ name, points, durationS }: { name: string; points: number; durationS: number }, redis?: SharedCounts): Counter {
  const options = { keyPrefix: `${redis?.prefix ?? ""}${name}`, points, duration: durationS };
  const memory = new RateLimiterMemory(options);
  const counter = redis === undefined ? memory : new RateLimiterRedis({ ...options, storeClient: redis.client, useRedisPackage: true, rejectIfRedisNotReady: true, insuranceLimiter: memory });
  return {
    async take(key) {
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

type SharedCounts = { client: unknown; prefix: string };

/** The draft "RateLimit header fields for HTTP". */
function headersOf({ points, duration }: RateLimiterAbstract, { remainingPoints, msBeforeNext }: RateLimiterRes): Record<string, string> {
  return {
    "RateLimit-Policy": `"default";q=${points};w=${duration}`,
    RateLimit: `"default";r=${Math.max(remainingPoints, 0)};t=${Math.ceil(msBeforeNext / 1000)}`,
  };
}
