import { definePlugin } from "../../kernel/plugin.ts";
import { administrationPages } from "./pages.ts";
import { administrationRoutes } from "./routes.ts";

/** What administrators look after besides people: plugins, health and jobs. It stands on people for its audit. */
export const administrationPart = definePlugin({
  name: "administration",
  version: "1.0.0",
  summary: "Shows administrators how plugins, queues and the engine are doing, and replays what failed.",
  permissions: {
    "system.read": { label: "See plugins, settings, health and queues", roles: ["administrator"] },
    "jobs.manage": { label: "See, replay and give up jobs that failed", roles: ["administrator"] },
  },
  nav: [
    { place: "admin", label: "Plugins", href: "/admin/plugins", can: "system.read" },
    { place: "admin", label: "Jobs", href: "/admin/jobs", can: "jobs.manage" },
  ],
  routes: (build) => [...administrationPages(build as never), ...administrationRoutes(build as never)],
});
