// Names offered while one types: htmx fetches them, combobox-nav moves among them. Without this file the form is a form.
import Combobox from "./vendor/combobox-nav.js";

const SETTLED_AFTER_MS = 300;
const LONG_NUMBER = /\d{6}/; // a code, or somebody's own number: asked for only when it is sent

const field = document.getElementById("q");
const list = document.getElementById("suggestions");
const said = document.getElementById("suggestions-status");
const keys = new Combobox(field, list, { tabInsertsSuggestions: false });
let waiting;

function isAsked() {
  const text = field.value.trim();
  return text.length > 1 && !LONG_NUMBER.test(text);
}

function close() {
  clearTimeout(waiting);
  field.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: true })); // an answer on its way would open the list again
  said.textContent = "";
  if (list.hidden) return;
  keys.stop();
  list.hidden = true;
}

// A half-composed pinyin syllable is not a name: wait until the reader has chosen the character.
field.addEventListener("input", (event) => {
  clearTimeout(waiting);
  if (event.isComposing) return;
  if (isAsked()) {
    waiting = setTimeout(() => field.dispatchEvent(new CustomEvent("xh:settled")), SETTLED_AFTER_MS);
  } else {
    close();
  }
});
field.addEventListener("compositionend", () => field.dispatchEvent(new Event("input")));

list.addEventListener("htmx:afterSwap", () => {
  keys.stop();
  list.hidden = list.childElementCount === 0 || !isAsked() || document.activeElement !== field;
  if (!list.hidden) keys.start();
});

// Names of an earlier text are of no use when the later one could not be asked for.
field.addEventListener("htmx:responseError", close);
field.addEventListener("htmx:sendError", close);

field.form.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || list.hidden) return;
  event.preventDefault(); // closes the list first; a second Escape empties the field
  close();
});
field.form.addEventListener("focusout", (event) => {
  if (!field.form.contains(event.relatedTarget)) close();
});
field.form.addEventListener("submit", close);
