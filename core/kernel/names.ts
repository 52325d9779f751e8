/** Names that are taken, with whose each is: a plugin's name is its schema in PostgreSQL and its section of the settings. */
const reserved: Readonly<Record<string, string>> = {
  public: "the schema of the engine's own tables",
  pgboss: "the schema of the queues",
  "information-schema": "a schema of PostgreSQL's own",
  site: "the settings' section of the site itself",
};

/** What is wrong with a name for a plugin, as a sentence; nothing when it may be called so. */
export function nameProblem(name: string): string | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return `"${name}" is no kebab-case name, such as office-hours.`;
  if (!Object.hasOwn(reserved, name) && !name.startsWith("pg-")) return undefined;
  return `The name ${name} is reserved: it is ${reserved[name] ?? "like those of PostgreSQL's own schemas"}. So are ${Object.keys(reserved).join(", ")} and whatever begins with pg-.`;
}
