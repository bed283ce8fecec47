// @ts-check
/**
 * Chooses the page's text for a number. The page carries one text per plural form, each written for a sample number:
 * data-one="1 new question" data-few="2 …" data-many="5 …" data-other="…". The sample is replaced by the real number,
 * so translators see an ordinary sentence.
 * @param {Record<string, string | undefined>} forms
 * @param {number} n
 * @param {string} language
 * @returns {string}
 */
export function plural(forms, n, language) {
  const form = new Intl.PluralRules(language).select(n);
  const text = forms[form] ?? forms.many ?? forms.other ?? forms.one ?? "";
  return text.replace(/\d+/, String(n));
}
