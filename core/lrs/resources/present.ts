import { bestTag, rangesOf } from "./language-ranges.ts";
import { identifiersOf } from "../statement/agents.ts";
import { isObject, type Members } from "../statement/shape.ts";

export const formats = ["exact", "ids", "canonical"] as const;
/** How statements are returned (Communication 2.1.3). */
export type Format = (typeof formats)[number];

/** The least that identifies agents, verb, activities and groups; of an anonymous group its members. */
export function idsOnly(statement: Members): Members {
  return mapped(statement, {
    actor: agentId,
    authority: agentId,
    verb: (verb) => ({ id: (verb as Members).id }),
    object: (object) => objectId(object as Members),
    context: (context) =>
      mapped(context as Members, {
        instructor: agentId,
        team: agentId,
        contextActivities: (kinds) => mapValues(kinds as Members, (activities) => [activities].flat().map((one) => activityId(one as Members))),
        contextAgents: (list) => (list as Members[]).map((entry) => mapped(entry, { agent: agentId })),
        contextGroups: (list) => (list as Members[]).map((entry) => mapped(entry, { group: agentId })),
      }),
  });
}

/**
 * One language in every language map, by the ranges of Accept-Language, and each activity with the definition that
 * `definitionOf` knows for it.
 */
export function canonical(statement: Members, acceptLanguage: string | undefined, definitionOf: (activityId: string) => unknown): Members {
  const ranges = rangesOf(acceptLanguage);
  const language: Change = (map) => {
    const tag = isObject(map) ? bestTag(Object.keys(map), ranges) : undefined;
    return tag === undefined ? map : { [tag]: (map as Members)[tag] };
  };
  const components: Change = (list) => (list as Members[]).map((component) => mapped(component, { description: language }));
  const lists = { choices: components, scale: components, source: components, target: components, steps: components };
  const definition: Change = (value) => mapped(value as Members, { name: language, description: language, ...lists });
  const activity = (value: Members): Members => {
    const known = definitionOf(value.id as string) ?? value.definition;
    return known === undefined ? value : { ...value, definition: definition(known) };
  };
  const forms: Record<string, Change> = {
    verb: (verb) => mapped(verb as Members, { display: language }),
    object: (value) => {
      const object = value as Members;
      if (object.objectType === "SubStatement") return mapped(object, forms);
      return object.objectType === undefined || object.objectType === "Activity" ? activity(object) : object;
    },
    context: (context) =>
      mapped(context as Members, {
        contextActivities: (kinds) => mapValues(kinds as Members, (activities) => [activities].flat().map((one) => activity(one as Members))),
      }),
    attachments: (list) => (list as Members[]).map((attachment) => mapped(attachment, { display: language, description: language })),
  };
  return mapped(statement, forms);
}

type Change = (value: unknown) => unknown;

function mapped(members: Members, changes: Record<string, Change>): Members {
  const result: Members = { ...members };
  for (const name of Object.keys(changes)) if (result[name] !== undefined) result[name] = changes[name]!(result[name]);
  return result;
}

function mapValues(members: Members, change: Change): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}

const agentId: Change = (value) => {
  const agent = value as Members;
  const [identifier] = identifiersOf(agent);
  const type = agent.objectType === undefined ? {} : { objectType: agent.objectType };
  if (identifier !== undefined) return { ...type, [identifier]: agent[identifier] };
  return { ...type, member: ((agent.member ?? []) as unknown[]).map(agentId) };
};

/** Without objectType: what has none is an Activity. */
function activityId({ id }: Members): Members {
  return { id };
}

function objectId(object: Members): unknown {
  const { objectType } = object;
  if (objectType === "Agent" || objectType === "Group") return agentId(object);
  if (objectType === "SubStatement") return idsOnly(object);
  return objectType === "StatementRef" ? object : activityId(object);
}
