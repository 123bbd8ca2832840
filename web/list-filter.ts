// The editor of a list's condition: loaded when one goes to its button.
export { openFilter } from "./lib/filter";
