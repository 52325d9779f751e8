import type { Activity, LanguageMap, Who, Words } from "./model-words.ts";

/** The languages that a reader of the model wants: German, else English, else what there is. */
export const acceptLanguage = "en;q=0.5, de;q=0.9";

/** A statement as `format=exact` has it: as it was sent, with context activities in lists. */
export function exactForm(statement: Words): Words {
  return walked(statement, { who: (who) => who, activity: (activity) => activity, map: (map) => map });
}

/** "only include minimum information necessary in Agent, Activity, Verb and Group Objects to identify them. For Anonymous Groups this means including the minimum information needed to identify each member." */
export function idsForm(statement: Words): Words {
  const who = ({ objectType, mbox, mbox_sha1sum, openid, account, member }: Who): Who => {
    const known = mbox ?? mbox_sha1sum ?? openid ?? account;
    return present({ objectType, mbox, mbox_sha1sum, openid, account, member: known === undefined ? member?.map(who) : undefined });
  };
  return walked(statement, { who, activity: ({ id }) => present({ id }), map: () => undefined });
}

/** "return Activity Objects and Verbs populated with the canonical definition … after applying the language filtering process", agents as in exact. */
export function canonicalForm(statement: Words, definitions: ReadonlyMap<string, Activity["definition"]>): Words {
  const map = (all: LanguageMap | undefined) => {
    const tag = all && ["de", "en", ...Object.keys(all)].find((one) => one in all);
    return tag === undefined ? all : { [tag]: all![tag]! };
  };
  const activity = (one: Activity): Activity => {
    const definition = definitions.get(one.id) ?? one.definition;
    return present({ ...one, definition: definition && present({ ...definition, name: map(definition.name), description: map(definition.description) }) });
  };
  const formed = walked(statement, { who: (who) => who, activity, map });
  return present({ ...formed, attachments: formed.attachments?.map((one) => ({ ...one, display: map(one.display)! })) });
}

interface Forms {
  who(who: Who): Who;
  activity(activity: Activity): Activity;
  map(map: LanguageMap | undefined): LanguageMap | undefined;
}

function walked(statement: Words, forms: Forms): Words {
  const { actor, verb, object, authority, context } = statement;
  const type = object.objectType ?? "Activity";
  const form = type === "Activity" ? forms.activity(object as Activity) : type === "SubStatement" ? walked(object as Words, forms) : type === "StatementRef" ? object : forms.who(object);
  return present({
    ...statement,
    actor: forms.who(actor),
    verb: present({ ...verb, display: forms.map(verb.display) }),
    object: form as Words["object"],
    authority: authority && forms.who(authority),
    context: context && present({
      ...context,
      instructor: context.instructor && forms.who(context.instructor),
      team: context.team && forms.who(context.team),
      contextActivities: context.contextActivities && Object.fromEntries(Object.entries(context.contextActivities).map(([kind, activities]) => [kind, [activities].flat().map(forms.activity)])),
      contextAgents: context.contextAgents?.map((entry) => ({ ...entry, agent: forms.who(entry.agent) })),
      contextGroups: context.contextGroups?.map((entry) => ({ ...entry, group: forms.who(entry.group) })),
    }),
  });
}

/** Without the members that are undefined. */
function present<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
