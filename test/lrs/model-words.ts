/* eslint-disable @typescript-eslint/no-explicit-any -- the model reads statements as the specification writes them */
export type Json = any;

/** The Agents and Groups that the agent filter looks at: "Actor or Object", or broadly "Actor, Object, Authority, Instructor, Team, or any of these properties in a contained SubStatement". */
export function agentsIn(statement: Json, broadly: boolean): Json[] {
  const found: Json[] = [statement.actor];
  if (["Agent", "Group"].includes(statement.object.objectType)) found.push(statement.object);
  if (broadly) {
    found.push(statement.authority, statement.context?.instructor, statement.context?.team);
    for (const { agent } of statement.context?.contextAgents ?? []) found.push(agent);
    for (const { group } of statement.context?.contextGroups ?? []) found.push(group);
    if (statement.object.objectType === "SubStatement") found.push(...agentsIn(statement.object, true));
  }
  return found.filter((agent) => agent !== undefined);
}

/** "Groups that have members which match the specified Agent … are considered a match" */
export function sameAgent(one: Json, other: Json): boolean {
  return sameIdentifier(one, other) || (one.member ?? []).some((member: Json) => sameIdentifier(member, other));
}

function sameIdentifier(one: Json, other: Json): boolean {
  if (one.account && other.account) return one.account.homePage === other.account.homePage && one.account.name === other.account.name;
  return ["mbox", "mbox_sha1sum", "openid"].some((name) => one[name] !== undefined && one[name] === other[name]);
}

/** The Activity ids that the activity filter looks at: the Object's, or broadly "the Object, the context Activities, or any of those properties in a contained SubStatement". */
export function activitiesIn(statement: Json, broadly: boolean): string[] {
  const found: string[] = (statement.object.objectType ?? "Activity") === "Activity" ? [statement.object.id] : [];
  if (!broadly) return found;
  for (const activities of Object.values<Json>(statement.context?.contextActivities ?? {})) {
    for (const activity of [activities].flat()) found.push(activity.id);
  }
  return statement.object.objectType === "SubStatement" ? [...found, ...activitiesIn(statement.object, true)] : found;
}
