/** Asks before something that is not easily undone. True for yes; Escape is no. */
export async function confirmed(question: string, yes: string): Promise<boolean> {
  const dialog = document.createElement("dialog");
  const card = document.createElement("form");
  const words = document.createElement("p");
  const row = document.createElement("div");
  card.method = "dialog";
  card.className = "card";
  row.className = "row";
  words.id = "confirm-question";
  words.textContent = question;
  dialog.setAttribute("aria-labelledby", words.id);
  row.append(button(yes, "yes", "danger"), button("Cancel", "", "quiet"));
  card.append(words, row);
  dialog.append(card);
  document.body.append(dialog);
  dialog.showModal();
  row.querySelector<HTMLElement>("[value='']")?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function button(label: string, value: string, look: string): HTMLButtonElement {
  const element = document.createElement("button");
  Object.assign(element, { type: "submit", value, className: look, textContent: label });
  return element;
}
