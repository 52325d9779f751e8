import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { parse } from "yaml";
import { discoverPlugins } from "../../core/kernel/discovery.ts";
import { variablesOf } from "../../core/kernel/settings.ts";
import { coreParts } from "../../core/parts.ts";
import { engineVersion } from "../../core/version.ts";

interface Service {
  image?: string;
  build?: string;
  user?: string;
  restart?: string;
  read_only?: boolean;
  cap_drop?: string[];
  tmpfs?: string[];
  volumes?: string[];
  ports?: string[];
  environment?: Record<string, string>;
  command?: string[];
  profiles?: string[];
  healthcheck?: { test: string[]; interval: string; timeout: string; retries: number };
  deploy?: { resources?: { limits?: { cpus?: string; memory?: string } } };
  depends_on?: Record<string, { condition: string; restart?: boolean }>;
}

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const { services, volumes } = parse(read("docker-compose.yml"), { merge: true }) as { services: Record<string, Service>; volumes: Record<string, unknown> };
const all = Object.entries(services);
const ours = all.filter(([, { build }]) => build !== undefined);

const dockerfile = read("Dockerfile").replaceAll("\\\n", " ");
const lastStage = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
const imageEnvironment = Object.fromEntries([...lastStage.matchAll(/^ENV (.+)$/gm)].flatMap(([, line = ""]) => line.split(" ").map((pair) => pair.split("=") as [string, string])));
const nginx = read(".docker/nginx.conf.template").replaceAll(/#.*$/gm, "");

/** Read where no settings schema is: before there is one, or for the log. */
const elsewhere = ["NODE_ENV", "CADRE_SITE", "CADRE_SETTINGS", "CADRE_LOG_LEVEL", "CADRE_LOG"];

describe("Containers", () => {
  it("set only variables that a part or plugin reads", async () => {
    const { plugins } = await discoverPlugins({ folders: [fileURLToPath(new URL("plugins/", root))], site: fileURLToPath(root), engineVersion });
    const known = new Set([...elsewhere, ...[...coreParts, ...plugins].flatMap(({ config }) => variablesOf(config))]);
    expect(ours.map(([name]) => name)).to.deep.equal(["web", "worker"]);
    for (const [name, { environment = {} }] of [...ours, ["Dockerfile", { environment: imageEnvironment }] as const]) {
      expect(Object.keys(environment).filter((variable) => !known.has(variable)), name).to.deep.equal([]);
    }
    for (const needed of ["DATABASE_URL", "REDIS_URL", "CADRE_URL", "CADRE_CONTENT_URL", "CADRE_SECRET"]) expect(services.web?.environment).to.have.property(needed);
  });

  it("can't start with a secret left out, nor with content on the site's origin", () => {
    const environment = services.web?.environment ?? {};
    for (const name of ["CADRE_SECRET", "DATABASE_URL", "CADRE_URL", "CADRE_CONTENT_URL"]) expect(environment[name], name).to.match(/\$\{[A-Z_]+:\?/);
    expect(environment.CADRE_URL?.replace(/\?[^}]*/, "")).not.to.equal(environment.CADRE_CONTENT_URL?.replace(/\?[^}]*/, ""));
  });

  for (const [name, service] of all) {
    it(`gives ${name} a health check, limits, a restart policy and few rights`, () => {
      const check = service.healthcheck ?? (service.build !== undefined && /^HEALTHCHECK .*CMD \[/m.test(lastStage));
      expect(check, "health check").to.be.ok;
      const { cpus, memory } = service.deploy?.resources?.limits ?? {};
      expect(Number(cpus)).to.be.above(0);
      expect(memory).to.match(/^\d+[MG]$/);
      expect(service.restart).to.equal("unless-stopped");
      expect(service.user, "user").to.be.a("string").and.not.match(/^(0|root)(:|$)/);
      expect(service.read_only, "read_only").to.equal(true);
      expect(service.tmpfs).to.include("/tmp");
      expect(service.cap_drop).to.deep.equal(["ALL"]);
      if (service.build === undefined) expect(service.image, "a version that is named").to.match(/:[\w.-]*\d[\w.-]*$/);
    });
  }

  it("run the image as an ordinary user, on a folder that user may write to", () => {
    expect(lastStage).to.match(/^USER node$/m);
    const data = imageEnvironment.CADRE_DATA ?? "";
    expect(lastStage).to.include(`install -d -o node -g node ${data}`);
    expect(services.web?.volumes).to.deep.equal([`data:${data}`]);
  });

  it("name only commands and options that cadre has", () => {
    const commands = readdirSync(new URL("core/cli/", root)).map((file) => file.replace(/\.ts$/, ""));
    const entry = JSON.parse(/^ENTRYPOINT (\[.+\])$/m.exec(lastStage)?.[1] ?? "[]") as string[];
    const { start } = (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts;
    expect([...entry, "start"].join(" "), "the same as npm start").to.equal(start);
    const [cmd, ...check] = services.worker?.healthcheck?.test ?? [];
    const engine = entry.filter((word) => !word.startsWith("--max-"));
    expect([cmd, ...check.slice(0, engine.length)]).to.deep.equal(["CMD", ...engine]);
    for (const [command = "", ...options] of [...ours.map(([, service]) => service.command ?? []), check.slice(engine.length), [/^CMD \["(\w+)"\]$/m.exec(lastStage)?.[1] ?? ""]]) {
      expect(commands).to.include(command);
      const { usage } = /usage = "(?<usage>[^"]+)"/.exec(read(`core/cli/${command}.ts`))?.groups ?? {};
      for (const option of options.filter((each) => each.startsWith("--"))) expect(usage, command).to.include(option);
    }
    const roles = ours.flatMap(([, { command = [] }]) => (command[command.indexOf("--roles") + 1] ?? "").split(","));
    expect(roles.sort()).to.deep.equal(["scheduler", "web", "worker"]);
  });

  it("reach each other by the names and ports that there are", () => {
    const upstreams = [...nginx.matchAll(/server (\w+):(\d+)/g)].map(([, host, port]) => `${host}:${port}`);
    expect(upstreams).to.deep.equal([`web:${imageEnvironment.PORT}`, `web:${imageEnvironment.CONTENT_PORT}`]);
    expect(imageEnvironment.HOST).to.equal("0.0.0.0");
    expect(lastStage).to.match(new RegExp(`^EXPOSE ${imageEnvironment.PORT} ${imageEnvironment.CONTENT_PORT}$`, "m"));
    const environment = services.web?.environment ?? {};
    expect(environment.DATABASE_URL).to.include("@postgres:5432/");
    expect(environment.REDIS_URL).to.equal("redis://redis:6379");
    for (const [name, { depends_on: needed = {} }] of all) for (const other of Object.keys(needed)) expect(Object.keys(services), name).to.include(other);
  });

  it("have nginx listen where its ports are mapped, on ports an ordinary user may take", () => {
    const listened = new Set([...nginx.matchAll(/listen (\d+)/g)].map(([, port]) => Number(port)));
    const mapped = (services.nginx?.ports ?? []).map((pair) => Number(pair.split(":")[1]));
    expect([...listened].sort()).to.deep.equal(mapped.sort());
    expect([...listened].every((port) => port > 1023)).to.equal(true);
    expect(services.nginx?.healthcheck?.test.join(" ")).to.include(`:${/listen (\d+) default_server/.exec(nginx)?.[1]}${/location = (\S+) /.exec(nginx)?.[1]}`);
  });

  it("set every variable that nginx's template asks for", () => {
    const asked = new Set([...nginx.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name));
    expect([...asked].sort()).to.deep.equal(Object.keys(services.nginx?.environment ?? {}).sort());
    const own = new Set([...nginx.matchAll(/\$([a-z_]+)/g)].map(([, name = ""]) => name));
    for (const name of own) expect(services.nginx?.environment).not.to.have.property(name.toUpperCase());
    expect((nginx.match(/\{/g) ?? []).length).to.equal((nginx.match(/\}/g) ?? []).length);
  });

  it("mount only volumes that are declared, and files that are there", () => {
    const sources = all.flatMap(([, service]) => (service.volumes ?? []).map((mount) => mount.split(":")[0] ?? ""));
    const named = new Set(sources.filter((source) => !source.startsWith(".")));
    expect([...named].sort()).to.deep.equal(Object.keys(volumes).sort());
    expect(() => read(".docker/nginx.conf.template")).not.to.throw();
    expect(sources).to.include("./.docker/nginx.conf.template");
  });

  it("forward the client's address, so that trusting the proxy is right", () => {
    expect(services.web?.environment?.CADRE_TRUST_PROXY).to.equal("true");
    const passes = (nginx.match(/proxy_pass /g) ?? []).length;
    for (const header of ["X-Forwarded-For $remote_addr", "X-Forwarded-Proto https", "Host $host"]) expect(nginx.split(`proxy_set_header ${header};`)).to.have.length(passes + 1);
  });

  it("pass WebSockets on, and start nginx again with the processes behind it", () => {
    expect(nginx).to.match(/map \$http_upgrade \$upstream_connection \{\s*default upgrade;\s*"" "";\s*\}/);
    const site = /server_name \$\{SITE_HOST\};[\s\S]*?\n\}/.exec(nginx)?.[0] ?? "";
    for (const header of ["Upgrade $http_upgrade", "Connection $upstream_connection"]) expect(site).to.include(`proxy_set_header ${header};`);
    expect(services.nginx?.depends_on?.web).to.deep.equal({ condition: "service_healthy", restart: true });
  });

  it("ask the engine for each file of a package, and keep it once for all launches, where only the engine leads", () => {
    const asked = /location \/content\/ \{[\s\S]*?\}/.exec(nginx)?.[0] ?? "";
    expect(asked).to.include("proxy_set_header X-Cadre-Keeps-Files yes;").and.not.to.include("proxy_cache");
    const kept = /location \/files\/ \{[\s\S]*?\}/.exec(nginx)?.[0] ?? "";
    expect(kept).to.match(/^\s*internal;$/m).and.to.include("proxy_cache_key $uri$slice_range;").and.to.include("proxy_set_header Range $slice_range;");
  });
});
