/** What plugin authors test with: `import { testHost } from "cadre/testing"`. */
export * from "./host.ts";
export { testDatabase, type TestDatabase } from "./database.ts";
export * from "./factories.ts";
