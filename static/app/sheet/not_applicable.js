// What may be typed for "not applicable": the page brings what the server reads as such.
const SPELLINGS = document.getElementById("words").dataset.notApplicableSpellings.split(" ");

// `plain` is in half-width characters and without blanks.
export const saysNotApplicable = (plain) => SPELLINGS.includes(plain.toLowerCase());
