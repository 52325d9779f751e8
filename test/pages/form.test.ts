import { expect } from "chai";
import { isCadreError } from "../../core/kernel/errors.ts";
import { checker, t } from "../../core/kernel/schema.ts";
import { formOf } from "../../core/pages/form.ts";

const schema = t.Object({
  title: t.Optional(t.String({ minLength: 1, maxLength: 5, pattern: "^[^\\p{Cc}]*[^\\p{Cc}\\s][^\\p{Cc}]*$" })),
  email: t.Optional(t.String({ format: "email" })),
  days: t.Optional(t.Integer({ minimum: 1, maximum: 366 })),
  role: t.Optional(t.Enum(["learner", "mentor"] as const)),
  scopes: t.Optional(t.Array(t.String(), { minItems: 1 })),
});

const words: [string, Record<string, unknown>, string][] = [
  ["nothing", { title: "" }, "This is needed."],
  ["blanks alone", { title: "   " }, "This is needed."],
  ["too much", { title: "abcdef" }, "This is too long: 5 characters at most."],
  ["what it can't hold", { title: "a\u0007" }, "This can't be used here."],
  ["no address", { email: "ada" }, "This is no email address."],
  ["a word for a number", { days: "many" }, "This must be a whole number."],
  ["a part of a number", { days: "1.5" }, "This must be a whole number."],
  ["too little of a number", { days: "0" }, "This must be 1 or more."],
  ["too much of a number", { days: "367" }, "This must be 366 or less."],
  ["nothing of a list", { role: "chief" }, "Choose one of the list."],
  ["none of several", { scopes: [] }, "This is needed."],
];

describe("What a form says beside a field", () => {
  for (const [what, values, message] of words) {
    it(`is "${message}" for ${what}`, () => {
      expect(problemsOf(values)).to.deep.equal([{ field: Object.keys(values)[0], message }]);
    });
  }

  it("is nothing where nothing is wrong", () => expect(problemsOf({ title: "abc", days: "3" })).to.deep.equal([]));
});

function problemsOf(values: Record<string, unknown>): unknown[] {
  try {
    checker(schema, "text")(structuredClone(values), "form");
    return formOf(values).problems;
  } catch (error) {
    if (!isCadreError(error)) throw error;
    return formOf(values, error).problems;
  }
}
