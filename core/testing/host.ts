import { assemble, migrateAll } from "../assembly.ts";
import { openDatabase } from "../db/database.ts";
import { openJobs } from "../db/work.ts";
import { boot, type BootOptions, type Engine } from "../main.ts";
import { createLog } from "../kernel/log.ts";
import { copiedDatabase, type TestDatabase } from "./database.ts";

/** A line the engine logged: its level, its message and whatever fields it had. */
export interface LoggedLine {
  level: string;
  msg?: string;
  [field: string]: unknown;
}

/** An engine of a test's own: real PostgreSQL, real HTTP on free ports, a clock that is moved, nobody in the background. */
export interface TestHost extends Engine {
  /** Everything that was logged. */
  log: LoggedLine[];
  /** Moves the engine's clock. */
  advance(durationMs: number): void;
  /** Lets the engine's clock stand still during `work`, but for `advance`: for what must come within a time, however slow the machine. */
  still<T>(work: () => Promise<T>): Promise<T>;
  /** A browser's-eye view: keeps cookies between requests, follows nothing. */
  browser(): TestBrowser;
  /** An API call as JSON; `token` is sent as a bearer token. */
  request(method: string, path: string, options?: { body?: unknown; token?: string; headers?: Record<string, string> }): Promise<TestAnswer>;
}

export interface TestAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
}

/** Cookies, pages and forms, as a person without JavaScript has them. */
export interface TestBrowser {
  get(path: string, headers?: Record<string, string>): Promise<TestAnswer>;
  /** Posts a form, with the token of the page last seen. */
  post(path: string, fields?: Record<string, string | string[]>): Promise<TestAnswer>;
  cookies: Map<string, string>;
}

/** Starts an engine on a database of its own with these plugins; `stop()` takes both away. */
export async function testHost(options: Partial<BootOptions> = {}): Promise<TestHost> {
  const database = await copiedDatabase(withTables);
  const lines: LoggedLine[] = [];
  let offsetMs = 0;
  let stoodAtMs: number | undefined;
  const site = options.site ?? database.folder;
  const engine = await boot({
    discover: false,
    log: createLog({ level: "debug", write: (line) => void lines.push(JSON.parse(line) as LoggedLine) }),
    clock: () => new Date((stoodAtMs ?? Date.now()) + offsetMs),
    ...options,
    site,
    environment: { REDIS_URL: process.env.REDIS_URL, ...options.environment, DATABASE_URL: database.url },
    settings: { ...options.settings, http: { port: 0, contentPort: 0, ...options.settings?.http } },
  }).catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  const send = async (path: string, init: RequestInit): Promise<TestAnswer> => {
    const response = await fetch(new URL(path, engine.url), { redirect: "manual", ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
  return {
    ...engine,
    log: lines,
    advance: (durationMs) => void (offsetMs += durationMs),
    async still(work) {
      stoodAtMs = Date.now();
      try {
        return await work();
      } finally {
        stoodAtMs = undefined;
      }
    },
    request: (method, path, { body, token, headers } = {}) =>
      send(path, {
        method,
        headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...(token && { Authorization: `Bearer ${token}` }), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      }),
    browser: () => testBrowser(send),
    async stop() {
      await engine.stop().finally(() => database.drop());
    },
  };
}

/** What every engine does first on an empty database: the tables and queues of the core, which take longer than all else. */
async function withTables({ url, folder }: TestDatabase): Promise<void> {
  const log = createLog({ level: "silent" });
  const host = await assemble({ site: folder, discover: false, log });
  await migrateAll(url, host, log);
  const database = openDatabase({ url, poolSize: 1, onError: () => {} });
  try {
    await (await openJobs({ host, database, log, clock: () => new Date() })).close();
  } finally {
    await database.close();
  }
}

function testBrowser(send: (path: string, init: RequestInit) => Promise<TestAnswer>): TestBrowser {
  const cookies = new Map<string, string>();
  let token = "";
  const visit = async (path: string, init: RequestInit): Promise<TestAnswer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await send(path, { ...init, headers: { Accept: "text/html", ...init.headers, Cookie: cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === "" || /expires=Thu, 01 Jan 1970/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    token = /name="csrfToken" value="([^"]+)"/.exec(answer.text)?.[1] ?? token;
    return answer;
  };
  return {
    cookies,
    get: (path, headers) => visit(path, { headers }),
    post(path, fields = {}) {
      const form = new URLSearchParams({ csrfToken: token });
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one);
      return visit(path, { method: "POST", body: form });
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
