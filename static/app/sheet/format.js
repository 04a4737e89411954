// "{count} cells" with {count: 3} becomes "3 cells".
export const format = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
