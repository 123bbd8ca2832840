// Records kept on this device, and what was done without a connection: keeping, sending, and the page that shows both.
import { startOfflinePage } from "./lib/offline-page";

export { clear, dropOthers, forget, renew, toggle } from "./lib/keep";
export { dropWaiting } from "./lib/device";
export { startKeep } from "./lib/keep-here";
export { startHere } from "./lib/offline-here";
export { freshen, keptForm, later, laterEdit, laterNew, mark, refill, waitingFact } from "./lib/waiting";
export { leave } from "./lib/leave";
export { send } from "./lib/send";

if (document.getElementById("offline-page")) startOfflinePage();
