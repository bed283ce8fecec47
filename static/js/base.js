// @ts-check
/** Every page: says that scripts run, shows times in the unit's zone, moves the focus to the errors of a form. */
import "./elements/local-time.js";

document.documentElement.dataset.js = "";
/** @type {HTMLElement | null} */ (document.querySelector(".error-summary"))?.focus();
