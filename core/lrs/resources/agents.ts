import { bytes } from "../../http/reply.ts";
import { requireDocumentWithin } from "../credentials/limits.ts";
import { requireScope } from "../credentials/credential.ts";
import { namesOf } from "./known.ts";
import { agent as agentReader, invalidParameters, valuesOf, wrongParameter } from "./parameter-readers.ts";
import { written } from "../raw-json.ts";
import { identifiersOf } from "../statement/agents.ts";
import type { Members } from "../statement/shape.ts";
import type { Answering, XapiResource } from "./request.ts";

/** The Agents Resource: what is known of an agent as a Person, of whom each member is an array (Communication 2.4). */
export const agentsResource: XapiResource = {
  path: "/xapi/agents",
  methods: { GET: { summary: "Gives what is known of an agent.", answer: (ctx, request) => person(ctx, request) } },
};

const person: Answering = async (ctx, { parameters, version, credential }) => {
  requireScope(credential, "all/read", "statements/read", "profile", "profile/read", "agents_profile", "agents_profile/read");
  const { values, problems } = valuesOf(parameters, { agent: agentReader }, version);
  if (!parameters.has("agent")) problems.push(wrongParameter("agent", "is missing"));
  if (problems.length > 0) throw invalidParameters(problems);
  const agent = values.agent as Members;
  requireDocumentWithin(credential, { agent });
  const [identifier] = identifiersOf(agent);
  const names = new Set(await namesOf(ctx, credential.store, agent));
  if (typeof agent.name === "string") names.add(agent.name);
  return bytes(written({ objectType: "Person", ...(names.size > 0 && { name: [...names] }), [identifier!]: [agent[identifier!]] }), "application/json").with({ "Content-Type": "application/json" });
};
