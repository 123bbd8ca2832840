// What is done with many records of a list at once: loaded when the first is ticked.
export { Bulks, resume } from "./lib/bulk";
