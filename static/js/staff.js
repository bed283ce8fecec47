// @ts-check
/** Every staff page. */
import "./base.js";
import "./elements/offline-banner.js";
import "./elements/toast-rack.js";
import "./lib/dialogs.js";
import "./lib/stranded.js";
import "./lib/sure.js";
