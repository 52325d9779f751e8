import Handlebars from "handlebars";
import { helpers } from "./helpers.ts";
import { compiling, inspect } from "./templates.ts";

/** A template written in code instead of a file, as a question type has one; helpers are there, partials and slots are not. @throws bad_template for `{{{` and `{{&` */
export function inlineTemplate(name: string, source: string): (data: object) => string {
  inspect(name, source);
  const handlebars = Handlebars.create();
  handlebars.registerHelper(helpers);
  const template = handlebars.compile(source, compiling(helpers));
  return (data) => template(data, { allowProtoMethodsByDefault: false, allowProtoPropertiesByDefault: false });
}
