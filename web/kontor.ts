// The script of every page: the frame, and what all pages share.
import "./lib/trusted";
import { startActions } from "./lib/actions";
import { startBell } from "./lib/bell";
import { startCopyButtons } from "./lib/copy-button";
import { startJobs } from "./lib/jobs";
import { startImport } from "./lib/import";
import { startKeys } from "./lib/keys";
import { startLive } from "./lib/live";
import { startOffline } from "./lib/offline";
import { startPalette } from "./lib/palette";
import { startQuick } from "./lib/quick";
import { startRecent } from "./lib/recent";
import { startUndo } from "./lib/undo";

document.documentElement.dataset.script = "on";
startActions();
startCopyButtons();
startKeys();
startUndo();
startRecent();
startPalette();
startQuick();
startBell();
startJobs();
startLive();
startImport();
startOffline();
