/** An Agent or Group as it is sent. */
export interface Who {
  objectType?: string;
  mbox?: string;
  mbox_sha1sum?: string;
  openid?: string;
  account?: { homePage: string; name: string };
  member?: Who[];
}

export interface Activity {
  id: string;
}

/** The parts of a statement that the filters look at. A SubStatement has them too. */
export interface Words {
  id?: string;
  actor: Who;
  verb: { id: string };
  object: Who & { id?: string } & Partial<Omit<Words, "object">> & { object?: Words["object"] };
  authority?: Who;
  context?: {
    registration?: string;
    instructor?: Who;
    team?: Who;
    contextActivities?: Record<string, Activity | Activity[]>;
    contextAgents?: { agent: Who }[];
    contextGroups?: { group: Who }[];
  };
}

/** The Agents and Groups that the agent filter looks at: "Actor or Object", or broadly "Actor, Object, Authority, Instructor, Team, or any of these properties in a contained SubStatement". */
export function agentsIn({ actor, object, authority, context }: Words, broadly: boolean): Who[] {
  const found: (Who | undefined)[] = [actor];
  if (object.objectType === "Agent" || object.objectType === "Group") found.push(object);
  if (broadly) {
    found.push(authority, context?.instructor, context?.team);
    for (const { agent } of context?.contextAgents ?? []) found.push(agent);
    for (const { group } of context?.contextGroups ?? []) found.push(group);
    if (object.objectType === "SubStatement") found.push(...agentsIn(object as Words, true));
  }
  return found.filter((agent) => agent !== undefined);
}

/** "Groups that have members which match the specified Agent … are considered a match" */
export function sameAgent(one: Who, other: Who): boolean {
  return sameIdentifier(one, other) || (one.member ?? []).some((member) => sameIdentifier(member, other));
}

function sameIdentifier(one: Who, other: Who): boolean {
  if (one.account && other.account) return one.account.homePage === other.account.homePage && one.account.name === other.account.name;
  return (["mbox", "mbox_sha1sum", "openid"] as const).some((name) => one[name] !== undefined && one[name] === other[name]);
}

/** The Activity ids that the activity filter looks at: the Object's, or broadly "the Object, the context Activities, or any of those properties in a contained SubStatement". */
export function activitiesIn({ object, context }: Words, broadly: boolean): string[] {
  const found = (object.objectType ?? "Activity") === "Activity" ? [object.id!] : [];
  if (!broadly) return found;
  for (const activities of Object.values(context?.contextActivities ?? {})) {
    for (const activity of [activities].flat()) found.push(activity.id);
  }
  return object.objectType === "SubStatement" ? [...found, ...activitiesIn(object as Words, true)] : found;
}
