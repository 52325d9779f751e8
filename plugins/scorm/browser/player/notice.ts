/** What stands in the content's place. */
export interface Notice {
  title: string;
  text: string;
  button?: string;
}

/** Shows a notice instead of the content; resolves when its button is pressed. */
export function showNotice({ title, text, button }: Notice): Promise<void> {
  const place = document.createElement("main");
  place.className = "notice";
  place.append(element("h1", title), element("p", text));
  document.querySelector(".notice")?.remove();
  document.body.append(place);
  if (!button) return new Promise(() => {});
  const pressed = element("button", button);
  place.append(pressed);
  pressed.focus();
  return new Promise((resolve) => {
    pressed.addEventListener("click", () => {
      place.remove();
      resolve();
    });
  });
}

function element<Name extends "h1" | "p" | "button">(name: Name, text: string): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
