import { expect } from "chai";
import { api12 } from "./browser/player/api12.ts";
import { api2004 } from "./browser/player/api2004.ts";
import type { ApiCall } from "./runtime/journal.ts";
import { createSession12, setup12 } from "./runtime/scorm12/index.ts";
import { createSession2004, setup2004 } from "./runtime/scorm2004/index.ts";

const learner = { learnerId: "l-1", learnerName: "Curie, Marie" };
const circle: Record<string, unknown> = {};
circle.self = circle;
const silent = { toString: () => { throw new Error("no text"); }, toJSON: () => { throw new Error("no JSON"); } };
const bare = Object.create(null) as object;

/** What content may pass by mistake; `text` is what it is taken for, null where it is none. */
const oddities: { what: string; value: unknown; text: string | null }[] = [
  { what: "an object that goes in circles", value: circle, text: "[object Object]" },
  { what: "a BigInt", value: 12n, text: "12" },
  { what: "a list", value: [1, 2], text: "1,2" },
  { what: "NaN", value: NaN, text: "NaN" },
  { what: "nothing", value: undefined, text: "" },
  { what: "a function", value: () => 1, text: null },
  { what: "a symbol", value: Symbol("s"), text: null },
  { what: "an object that will not be text", value: silent, text: null },
  { what: "an object that knows no text", value: bare, text: null },
];

describe("Arguments of the SCORM API that are no texts", () => {
  for (const { what, value, text } of oddities) {
    it(`are answered with a true error code in SCORM 2004, never thrown: ${what}`, () => {
      const failed: ApiCall[] = [];
      const api = api2004(createSession2004(setup2004(learner), null, () => 0), () => 0, (call) => failed.push(call));
      api.Initialize("");
      expect(api.SetValue("cmi.location", value)).to.equal(String(text !== null));
      expect(api.GetLastError()).to.equal(text === null ? "406" : "0");
      expect(api.GetValue("cmi.location")).to.equal(text ?? "");
      expect(api.GetLastError()).to.equal(text === null ? "403" : "0");
      failed.length = 0;
      expect([api.GetValue(value), api.GetLastError()]).to.deep.equal(["", text ? "401" : "301"]);
      expect([api.SetValue(value, value), api.GetLastError()]).to.deep.equal(["false", text ? "401" : "351"]);
      for (const call of [api.GetErrorString, api.GetDiagnostic]) expect(call(value)).to.be.a("string");
      const begun = text === "" ? "0" : "201";
      expect([api.Commit(value), api.GetLastError()]).to.deep.equal([String(begun === "0"), begun]);
      expect([api.Terminate(value), api.GetLastError()]).to.deep.equal([String(begun === "0"), begun]);
      expect(failed.map(([, name]) => name).slice(0, 2), "the trace has them").to.deep.equal(["GetValue", "SetValue"]);
      expect(() => JSON.stringify(failed)).not.to.throw();
    });

    it(`are answered with a true error code in SCORM 1.2, never thrown: ${what}`, () => {
      const failed: ApiCall[] = [];
      const api = api12(createSession12(setup12(learner), null, () => 0), () => 0, (call) => failed.push(call));
      api.LMSInitialize("");
      expect(api.LMSSetValue("cmi.core.lesson_location", value)).to.equal(String(text !== null));
      expect(api.LMSGetLastError()).to.equal(text === null ? "405" : "0");
      expect(api.LMSGetValue("cmi.core.lesson_location")).to.equal(text ?? "");
      failed.length = 0;
      expect([api.LMSGetValue(value), api.LMSGetLastError()]).to.deep.equal(["", "401"]);
      expect([api.LMSSetValue(value, value), api.LMSGetLastError()]).to.deep.equal(["false", "401"]);
      for (const call of [api.LMSGetErrorString, api.LMSGetDiagnostic]) expect(call(value)).to.be.a("string");
      expect(api.LMSFinish(value)).to.be.oneOf(["true", "false"]);
      expect(failed.map(([, name]) => name).slice(0, 2)).to.deep.equal(["LMSGetValue", "LMSSetValue"]);
      expect(() => JSON.stringify(failed)).not.to.throw();
    });
  }
});
