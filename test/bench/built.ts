/* Has benchmarks measure what `npm start` runs: what they import of core and plugins is the built engine. */
import { register } from "node:module";

const root = new URL("../../", import.meta.url).href;
const hooks = `
  const inTree = /^(core|plugins)\\/(.*)\\.ts$/;
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    const [, folder, name] = inTree.exec(found.url.startsWith("${root}") ? found.url.slice(${root.length}) : "") ?? [];
    return folder ? { url: "${root}dist/" + folder + "/" + name + ".js", format: "module" } : found;
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
