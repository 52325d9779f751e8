import { register } from "node:module";

let registered = false;

/**
 * Lets this process import a site's own plugins as they are written, in TypeScript with types that can be erased. Only the
 * build needs it: the sources themselves are run by something that can do so already.
 */
export function importTypeScript(): void {
  if (registered || import.meta.url.endsWith(".ts")) return;
  registered = true;
  register(new URL("./typescript-hooks.js", import.meta.url));
}
