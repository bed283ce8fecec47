// @ts-check
/**
 * Whether the browser really has this language's words for times. Some come without Kazakh and say "M11 11" or
 * "-42 min" in its name, and still call it supported.
 * @param {string} language
 */
export function speaks(language) {
  if (!Intl.DateTimeFormat.supportedLocalesOf(language).length) return false;
  const month = new Intl.DateTimeFormat(language, { month: "long" }).format(new Date(2026, 10, 11));
  return !/\d/.test(month);
}
