// The script of every page: the frame, and what all pages share.
import "./lib/trusted";
import "htmx.org";
import { startActions } from "./lib/actions";
import { startKeys } from "./lib/keys";
import { startPalette } from "./lib/palette";
import { startQuick } from "./lib/quick";
import { startRecent } from "./lib/recent";
import { startToasts } from "./lib/toast";

document.documentElement.dataset.script = "on";
startActions();
startKeys();
startToasts();
startRecent();
startPalette();
startQuick();
