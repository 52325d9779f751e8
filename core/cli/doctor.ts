import { resolve } from "node:path";
import { assemble } from "../assembly.ts";
import { isCadreError, messageOf } from "../kernel/errors.ts";
import { checkDatabases } from "./doctor/database.ts";
import { wrong, type Finding, type Patient } from "./doctor/finding.ts";
import { checkAddresses, checkData, checkLeftOut, checkMail, checkNode, checkPorts, checkProduction, checkRedis, checkSettingsFile } from "./doctor/site.ts";
import { parse } from "./arguments.ts";
import { table } from "./engine.ts";
import type { Command } from "./main.ts";
import { siteFolder } from "./site.ts";

const usage = "doctor [--quiet]";
const words = { good: "ok", doubtful: "LOOK", wrong: "WRONG" };

/** Examines the site without starting it: fit for a container's health check. */
export default {
  usage,
  summary: "Say what is wrong with this site and how to mend it; with --quiet nothing but that.",
  async run(args) {
    const { values } = parse(usage, args, { quiet: { type: "boolean" } });
    const findings = await examine(resolve(siteFolder()), process.env);
    const shown = findings.filter(({ state }) => !values.quiet || state !== "good");
    process.stdout.write(table(shown.map(({ state, name, detail }) => [words[state], name, detail])));
    const count = findings.filter(({ state }) => state === "wrong").length;
    if (!values.quiet) process.stdout.write(count === 0 ? "\nNothing is in the way.\n" : `\n${count === 1 ? "One thing is" : `${count} things are`} wrong.\n`);
    return count === 0 ? 0 : 1;
  },
} satisfies Command;

/** Everything that can be told from outside, each check by itself. */
async function examine(site: string, environment: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  const first = checkNode(process.versions.node);
  let patient: Patient;
  try {
    patient = { site, environment, host: await assemble({ site, environment: { ...environment, CADRE_LOG_LEVEL: "silent" }, discover: true }) };
  } catch (error) {
    const problems = isCadreError(error) ? error.problems : [];
    const told = problems.length > 0 ? problems : [{ pointer: "settings", message: messageOf(error) }];
    return [first, ...told.map(({ pointer, message }) => wrong(pointer, message.replaceAll("\n", " ")))];
  }
  const checks = [checkSettingsFile, checkData, checkDatabases, checkRedis, checkPorts, checkAddresses, checkProduction, checkMail, checkLeftOut];
  const found = await Promise.all(checks.map((check) => check(patient).catch((error: unknown): Finding[] => [{ name: check.name.replace("check", "").toLowerCase(), state: "wrong", detail: messageOf(error) }])));
  return [first, { name: "settings", state: "good", detail: `${patient.host.plugins.length} parts and plugins have what they need.` }, ...found.flat()];
}
