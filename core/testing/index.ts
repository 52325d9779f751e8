/** What plugin authors test with: `import { testHost } from "cadre/testing"`. */
export * from "./host.ts";
export { conformance, type ConformanceOptions } from "./conformance.ts";
export { testDatabase, type TestDatabase } from "./database.ts";
export * from "./factories.ts";
export { testQuestion, type QuestionCases } from "./question.ts";
