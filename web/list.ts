// The script of lists.
import { startSort } from "./lib/grid-sort";
import { loadTotals } from "./lib/grid-totals";

startSort();
void loadTotals();
