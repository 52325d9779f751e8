import { bytes } from "../../http/reply.ts";
import { requireDocumentWithin } from "../credentials/limits.ts";
import { requireScope } from "../credentials/credential.ts";
import { definitionOf } from "./known.ts";
import { invalidParameters, iri, valuesOf, wrongParameter } from "./parameter-readers.ts";
import { written } from "../raw-json.ts";
import type { Answering, XapiResource } from "./request.ts";

/** The Activities Resource: an activity with all that was ever told of it (Communication 2.5). */
export const activitiesResource: XapiResource = {
  path: "/xapi/activities",
  methods: { GET: { summary: "Gives an activity with what is known of it.", answer: (ctx, request) => activity(ctx, request) } },
};

const activity: Answering = async (ctx, { parameters, version, credential }) => {
  requireScope(credential, "all/read", "statements/read", "statements/read/mine", "define", "state", "state/read", "profile", "profile/read", "activities_profile", "activities_profile/read");
  const { values, problems } = valuesOf(parameters, { activityId: iri }, version);
  if (!parameters.has("activityId")) problems.push(wrongParameter("activityId", "is missing"));
  if (problems.length > 0) throw invalidParameters(problems);
  const id = values.activityId as string;
  requireDocumentWithin(credential, { activityId: id });
  return bytes(written({ objectType: "Activity", id, definition: await definitionOf(ctx, credential.store, id) }), "application/json").with({ "Content-Type": "application/json" });
};
