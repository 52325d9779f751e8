import { t, type Static } from "../../kernel/schema.ts";

/** Settings of the keys of the record store, and of bearer tokens that another site gives out. */
export const credentialSettings = {
  keyRequestsPerMinute: t.Integer({ env: "CADRE_XAPI_KEY_REQUESTS_PER_MINUTE", default: 300_000, minimum: 1, description: "xAPI requests with one key in a minute at most, where the key says nothing else." }),
  launchRequestsPerMinute: t.Integer({ env: "CADRE_XAPI_LAUNCH_REQUESTS_PER_MINUTE", default: 3000, minimum: 1, description: "xAPI requests in a minute at most of content that was opened once." }),
  launchHours: t.Number({ env: "CADRE_XAPI_LAUNCH_HOURS", default: 8, exclusiveMinimum: 0, maximum: 168, description: "Content that was opened may send and read for this long, where its player says nothing else." }),
  bearerIssuer: t.String({ env: "CADRE_XAPI_BEARER_ISSUER", default: "", description: "Whose JWTs are taken as bearer tokens (`iss`), such as https://id.example.org; none when empty. One within a private network is to be named in CADRE_PRIVATE_HOSTS too." }),
  bearerAudience: t.String({ env: "CADRE_XAPI_BEARER_AUDIENCE", default: "", description: "What such a token must be meant for (`aud`)." }),
  bearerJwksUrl: t.String({ env: "CADRE_XAPI_BEARER_JWKS_URL", default: "", description: "Where the issuer's keys are; found by OpenID Connect discovery when empty." }),
  bearerAlgorithms: t.String({ env: "CADRE_XAPI_BEARER_ALGORITHMS", default: "RS256 PS256 ES256 EdDSA", pattern: "^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA)(?: (?:(?:RS|PS|ES)(?:256|384|512)|EdDSA))*$", description: "The signatures that count, by spaces; those with a shared secret never do." }),
  bearerClockToleranceS: t.Integer({ env: "CADRE_XAPI_BEARER_CLOCK_TOLERANCE_S", default: 30, minimum: 0, maximum: 600, description: "How far the issuer's clock may be off." }),
  bearerKeysCooldownS: t.Integer({ env: "CADRE_XAPI_BEARER_KEYS_COOLDOWN_S", default: 30, minimum: 0, description: "The issuer's keys are asked for again this long after the last time at the earliest, when a token names one that is not known." }),
  bearerScopeClaim: t.String({ env: "CADRE_XAPI_BEARER_SCOPE_CLAIM", default: "scope", description: "The claim that holds the scopes, by spaces or as a list." }),
  bearerScopePrefix: t.String({ env: "CADRE_XAPI_BEARER_SCOPE_PREFIX", default: "", description: "What a scope begins with that is meant for the record store, such as `lrs:`." }),
  bearerStore: t.String({ env: "CADRE_XAPI_BEARER_STORE", default: "default", description: "The name of the store that tokens open." }),
  bearerStoreClaim: t.String({ env: "CADRE_XAPI_BEARER_STORE_CLAIM", default: "", description: "The claim that names the store instead." }),
  bearerAuthority: t.String({
    env: "CADRE_XAPI_BEARER_AUTHORITY",
    default: `{"objectType":"Agent","account":{"homePage":"{{iss}}","name":"{{sub}}"}}`,
    description: "The authority of statements sent with a token, as JSON; {{name}} stands for a claim.",
  }),
  bearerAgent: t.String({
    env: "CADRE_XAPI_BEARER_AGENT",
    default: "",
    description: `The only agent that a token reaches, as JSON; {{name}} stands for a claim, such as {"account":{"homePage":"{{iss}}","name":"{{sub}}"}}. Any agent when empty.`,
  }),
  bearerRegistrationClaim: t.String({ env: "CADRE_XAPI_BEARER_REGISTRATION_CLAIM", default: "", description: "The claim that names the only registration a token reaches, a UUID; a token without it reaches every one." }),
  bearerActivityClaim: t.String({ env: "CADRE_XAPI_BEARER_ACTIVITY_CLAIM", default: "", description: "The claim that names the only activity a token reaches, with what lies below it; a token without it reaches every one." }),
};

export type CredentialSettings = { [Name in keyof typeof credentialSettings]: Static<(typeof credentialSettings)[Name]> };
