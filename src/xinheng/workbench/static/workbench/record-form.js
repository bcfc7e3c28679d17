// Asks the server about a field when it is at rest or left; htmx fetches what the rules say. Without this file the form is
// a form, checked when it is sent. The box "填写时检查" turns it off.
const form = document.querySelector("[data-live-form]");
const live = document.getElementById("live");
const SETTLED_AFTER_MS = 400;
const waiting = new WeakMap();

function ask(field) {
  clearTimeout(waiting.get(field));
  if (live.checked && field.hasAttribute("hx-post")) field.dispatchEvent(new CustomEvent("xh:settled"));
}

// A half-composed pinyin syllable is no text yet: wait until the character has been chosen.
form.addEventListener("input", (event) => {
  const field = event.target;
  clearTimeout(waiting.get(field));
  if (!event.isComposing && field.value.trim().length > 1) waiting.set(field, setTimeout(() => ask(field), SETTLED_AFTER_MS));
});
form.addEventListener("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));
form.addEventListener("change", (event) => ask(event.target));
live.closest("[hidden]").hidden = false;
