/** An Agent or Group as it is sent. */
export interface Who {
  objectType?: string;
  name?: string;
  mbox?: string;
  mbox_sha1sum?: string;
  openid?: string;
  account?: { homePage: string; name: string };
  member?: Who[];
}

export type LanguageMap = Record<string, string>;

export interface Activity {
  objectType?: string;
  id: string;
  definition?: { name?: LanguageMap; description?: LanguageMap; type?: string };
}

export interface Context {
  registration?: string;
  instructor?: Who;
  team?: Who;
  contextActivities?: Record<string, Activity | Activity[]>;
  contextAgents?: { agent: Who }[];
  contextGroups?: { group: Who }[];
}

/** The parts of a statement that filters and formats look at. A SubStatement has them too. */
export interface Words {
  id?: string;
  actor: Who;
  verb: { id: string; display?: LanguageMap };
  object: Who & Partial<Activity> & Partial<Omit<Words, "object">> & { object?: Words["object"] };
  authority?: Who;
  context?: Context;
  timestamp?: string;
  stored?: string;
  version?: string;
  attachments?: { sha2: string; display: LanguageMap }[];
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

/** The Activities that the activity filter looks at: the Object, or broadly "the Object, the context Activities, or any of those properties in a contained SubStatement". */
export function activitiesIn({ object, context }: Words, broadly: boolean): Activity[] {
  const found = (object.objectType ?? "Activity") === "Activity" ? [object as Activity] : [];
  if (!broadly) return found;
  found.push(...Object.values(context?.contextActivities ?? {}).flat());
  return object.objectType === "SubStatement" ? [...found, ...activitiesIn(object as Words, true)] : found;
}
