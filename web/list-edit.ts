// Cells of a list are changed where they stand: loaded when one is in a cell for the first time.
export { editCell } from "./lib/grid-edit";
export { copyBlock, pasteBlock } from "./lib/grid-paste";
