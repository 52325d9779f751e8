import { t, type Static } from "cadre";

export const settings = t.Object({
  batch: t.Integer({ env: "CADRE_FORWARD_BATCH", default: 100, minimum: 1, maximum: 1000, description: "Statements sent in one request at most." }),
  timeoutS: t.Integer({ env: "CADRE_FORWARD_TIMEOUT_S", default: 30, minimum: 1, maximum: 50, description: "How long a target may take to answer, in seconds." }),
  attempts: t.Integer({ env: "CADRE_FORWARD_ATTEMPTS", default: 12, minimum: 1, maximum: 100, description: "Tries after which a statement that makes a target fail is set aside." }),
});
export type ForwardSettings = Static<typeof settings>;
