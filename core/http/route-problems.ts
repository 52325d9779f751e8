import type { Gathering, Plugin } from "../kernel/plugin.ts";
import { schemaProblem } from "../kernel/schema.ts";
import type { Route } from "./routes.ts";
import { placed, placeOf } from "./table.ts";

/** What is wrong with a plugin's routes, each by itself and beside those of all that start with it. */
export function routeProblems(plugin: Plugin, all: Gathering): string[] {
  const isPart = all.isPart(plugin);
  const permissions = new Set(["anyone", "signed-in", ...all.plugins.flatMap(({ permissions = {} }) => Object.keys(permissions))]);
  const own = placed(plugin, isPart);
  const places = own.map(placeOf);
  const owners = ownersOf(all);
  return own.flatMap((route, index) => {
    const { method, path, fullPath, options } = route;
    const wrong: string[] = [];
    if (!path.startsWith("/")) wrong.push('must begin with "/"');
    if (!options.can) wrong.push('names no permission ("can")');
    else if (!permissions.has(options.can)) wrong.push(`needs the permission ${options.can}, which nobody declares`);
    if (!options.summary) wrong.push("has no summary");
    const place = placeOf(route);
    const owner = owners.get(place);
    if (owner !== plugin.name || places.indexOf(place) < index) wrong.push(`is there already, by ${owner}`);
    if (!isPart) wrong.push(...schemaProblems(options)); // the core's own are held by a test
    return wrong.map((what) => `${method} ${fullPath} ${what}`);
  });
}

/** What no request could be checked by. */
export function schemaProblems({ params, query, body }: Route["options"]): string[] {
  return Object.entries({ params, query, body }).flatMap(([part, schema]) => {
    const problem = schema && schemaProblem(schema);
    return problem === undefined ? [] : [`has a schema of its ${part} that can't be used: ${problem}`];
  });
}

const known = new WeakMap<Gathering, ReadonlyMap<string, string>>();

/** Whose a place is: the first plugin's that has a route there. */
function ownersOf(all: Gathering): ReadonlyMap<string, string> {
  const found = known.get(all);
  if (found) return found;
  const owners = new Map<string, string>();
  for (const plugin of all.plugins) for (const place of placesOf(plugin, all)) if (!owners.has(place)) owners.set(place, plugin.name);
  known.set(all, owners);
  return owners;
}

function placesOf(plugin: Plugin, all: Gathering): string[] {
  try {
    return placed(plugin, all.isPart(plugin)).map(placeOf);
  } catch {
    return []; // told where that plugin itself is checked
  }
}
