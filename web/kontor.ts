// The script of every page: the frame, and what all pages share.
import "./lib/trusted";
import "htmx.org";
import { startActions } from "./lib/actions";
import { startKeys } from "./lib/keys";
import { startToasts } from "./lib/toast";

document.documentElement.dataset.script = "on";
startActions();
startKeys();
startToasts();
