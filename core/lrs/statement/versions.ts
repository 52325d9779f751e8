/** The two editions of xAPI spoken here, each by its latest patch; a request's header chooses one. */
export type XapiVersion = "1.0.3" | "2.0.0";

/** The edition a version header asks for; undefined when it is none of ours (Communication 3.3; IEEE 9274.1.1 4.1.5). */
export function versionOf(header: string): XapiVersion | undefined {
  if (/^1\.0(?:\.\d+)?$/.test(header)) return "1.0.3";
  if (/^2\.0(?:\.\d+)?$/.test(header)) return "2.0.0";
  return undefined;
}

/** Whether a statement sent under `version` may carry `statementVersion`: its own edition's or, under 2.0, an older one's (Data 2.4.10). */
export function isStatementVersion(statementVersion: string, version: XapiVersion): boolean {
  const edition = versionOf(statementVersion);
  return edition === "1.0.3" || (edition === "2.0.0" && version === "2.0.0");
}

/** What a statement without a version gets (Data 2.4.10). */
export function defaultStatementVersion(version: XapiVersion): string {
  return version === "1.0.3" ? "1.0.0" : "2.0.0";
}
