import { expect } from "chai";
import type { XapiVersion } from "../../core/lrs/statement/versions.ts";
import { problemsOf } from "../../core/lrs/statement/statement.ts";
import { at, cases, statementWith, twoPointZeroOnly } from "./validation-cases.ts";

const versions: XapiVersion[] = ["1.0.3", "2.0.0"];

describe("records: what a statement may be", () => {
  for (const version of versions) {
    describe(version, () => {
      for (const [where, values] of Object.entries(cases)) {
        it(`accepts and refuses at ${where} as it should`, () => {
          for (const value of values.right) expect(problemsOf(statementWith(where, value), version), show(value)).to.deep.equal([]);
          for (const value of values.wrong) {
            const problems = problemsOf(statementWith(where, value), version);
            expect(problems.map(({ pointer }) => pointer).some((pointer) => pointer.startsWith(`/${where}`) || `/${where}`.startsWith(pointer)), `${show(value)} ${show(problems)}`).to.equal(true);
          }
        });

        it(`refuses null at ${where}`, () => {
          expect(problemsOf(statementWith(where, null), version)).to.deep.include({
            pointer: `/${where}`,
            code: "null_value",
            message: "must not be null",
            clause: "Data 2.2",
          });
        });

        if (["id", "stored", "authority", "version"].includes(where)) continue;
        it(`holds a SubStatement to the same at ${where}`, () => {
          const nested = (value: unknown) => at({ actor: agent, verb, object: {} }, "object", { objectType: "SubStatement", ...(statementWith(where, value) as object) });
          for (const value of values.right) {
            if (typeof value === "object" && value !== null && (value as { objectType?: string }).objectType === "SubStatement") continue;
            expect(problemsOf(nested(value), version), show(value)).to.deep.equal([]);
          }
          for (const value of values.wrong) expect(problemsOf(nested(value), version), show(value)).to.not.deep.equal([]);
        });
      }
    });
  }

  for (const [where, values] of Object.entries(twoPointZeroOnly)) {
    it(`knows ${where} in 2.0 only`, () => {
      for (const value of values.right) {
        expect(problemsOf(statementWith(where, value), "2.0.0"), show(value)).to.deep.equal([]);
        expect(problemsOf(statementWith(where, value), "1.0.3").map(({ code }) => code)).to.include("unknown_property");
      }
      for (const value of values.wrong) expect(problemsOf(statementWith(where, value), "2.0.0"), show(value)).to.not.deep.equal([]);
    });
  }

  it("tells every problem at once, with pointer, code, sentence and clause", () => {
    const problems = problemsOf({ actor: {}, verb: { id: "did" }, object: { id: 3 }, result: { score: { raw: "3" } }, Context: {} }, "2.0.0", "/4");
    expect(problems).to.deep.equal([
      { pointer: "/4/actor", code: "no_identifier", message: "needs one of mbox, mbox_sha1sum, openid, account", clause: "Data 2.4.2.1" },
      { pointer: "/4/verb/id", code: "invalid_format", message: "must be an IRI with a scheme", clause: "Data 2.4.3" },
      { pointer: "/4/object/id", code: "wrong_type", message: "must be an IRI with a scheme, not number", clause: "Data 2.4.4.1" },
      { pointer: "/4/result/score/raw", code: "wrong_type", message: "must be a number, not string", clause: "Data 2.4.5.1" },
      { pointer: "/4/Context", code: "miscased_property", message: "must be written context", clause: "Data 2.2" },
    ]);
  });

  it("escapes names in pointers", () => {
    const [problem] = problemsOf(statementWith("result", { extensions: { "not/an~iri": 1 } }), "1.0.3");
    expect(problem?.pointer).to.equal("/result/extensions/not~1an~0iri");
  });

  for (const value of [null, 3, "statement", [], true]) {
    it(`refuses ${JSON.stringify(value)} as a statement`, () => expect(problemsOf(value, "2.0.0")).to.have.length(1));
  }

  for (const name of ["actor", "verb", "object"]) {
    it(`misses ${name} where it is not there`, () => {
      const { [name]: _, ...rest } = statementWith("id", "00000000-0000-4000-8000-000000000000") as Record<string, unknown>;
      expect(problemsOf(rest, "1.0.3").map(({ pointer, code }) => [pointer, code])).to.deep.equal([[`/${name}`, "missing_property"]]);
    });
  }

  it("lets no member of a statement be written in another case", () => {
    for (const name of ["id", "actor", "verb", "object", "result", "context", "timestamp", "stored", "authority", "version", "attachments"]) {
      const problems = problemsOf(statementWith(name.toUpperCase(), "x"), "1.0.3");
      expect(problems.map(({ code }) => code), name).to.include("miscased_property");
    }
  });

  it("takes a timestamp without a time, or in the basic form, in 1.0.3 only", () => {
    for (const value of ["2015-11-18", "20151118T121703Z"]) {
      expect(problemsOf(statementWith("timestamp", value), "1.0.3")).to.deep.equal([]);
      expect(problemsOf(statementWith("timestamp", value), "2.0.0")).to.have.length(1);
    }
  });

  it("takes a statement of version 2.0 under 2.0 only", () => {
    expect(problemsOf(statementWith("version", "2.0.0"), "2.0.0")).to.deep.equal([]);
    expect(problemsOf(statementWith("version", "2.0.0"), "1.0.3")).to.have.length(1);
  });

  it("wants a voiding statement to point at a statement", () => {
    const voiding = statementWith("verb/id", "http://adlnet.gov/expapi/verbs/voided");
    expect(problemsOf(voiding, "1.0.3").map(({ code }) => code)).to.deep.equal(["voids_no_statement"]);
    expect(problemsOf(at(voiding, "object", { objectType: "StatementRef", id: "00000000-0000-4000-8000-000000000000" }), "1.0.3")).to.deep.equal([]);
  });

  for (const object of [{ objectType: "Agent", mbox: "mailto:a@example.org" }, { objectType: "StatementRef", id: "00000000-0000-4000-8000-000000000000" }]) {
    for (const name of ["revision", "platform"]) {
      it(`takes no ${name} when the object is of the type ${object.objectType}`, () => {
        const statement = at(statementWith(`context/${name}`, "1"), "object", object);
        expect(problemsOf(statement, "1.0.3").map(({ pointer }) => pointer)).to.deep.equal([`/context/${name}`]);
      });
    }
  }

  it("lets a SubStatement have no id, stored, version or authority, and no SubStatement", () => {
    for (const [name, value] of Object.entries({ id: "00000000-0000-4000-8000-000000000000", stored: "2015-11-18T12:17:00Z", version: "1.0.0", authority: agent })) {
      const nested = { objectType: "SubStatement", actor: agent, verb, object: { id: "http://example.org/a" }, [name]: value };
      expect(problemsOf(statementWith("object", nested), "1.0.3").map(({ pointer }) => pointer)).to.deep.equal([`/object/${name}`]);
    }
    const nested = { objectType: "SubStatement", actor: agent, verb, object: { objectType: "SubStatement", actor: agent, verb, object: { id: "http://example.org/a" } } };
    expect(problemsOf(statementWith("object", nested), "1.0.3").map(({ code }) => code)).to.deep.equal(["nested_substatement"]);
  });
});

const agent = { mbox: "mailto:ann@example.org" };
const verb = { id: "http://example.org/verbs/tried" };

function show(value: unknown): string {
  return JSON.stringify(value) ?? "undefined";
}
