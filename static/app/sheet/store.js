// What is typed waits in the browser's storage, one entry a field, until the server has it.
//   zhibao:<person>:<submission>:figures:<code>  ->  {"text": as typed, "seen": [what stood there when typing began,
//   what was sent since without an answer], "asked": what the cell asked for then}
const TIMEOUT = 20000;
const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);

// Signing in again in another tab changes the cookie; the page's own token is then an old one.
export const csrfToken = (token) => cookie("csrftoken") ?? token;

export const prefixOf = (person, submission) => `zhibao:${person}:${submission}:`;

// What a person's earlier visits could not send: submission -> key -> {text, seen, asked}.
export function kept(person) {
  const found = new Map();
  const name = new RegExp(`^zhibao:${person}:(\\d+):((?:figures|narratives):.+)$`);
  for (let i = 0; i < localStorage.length; i++) {
    const match = name.exec(localStorage.key(i));
    if (!match) continue;
    if (!found.has(match[1])) found.set(match[1], new Map());
    found.get(match[1]).set(match[2], JSON.parse(localStorage.getItem(match[0])));
  }
  return found;
}

// Sends entries (key -> {text, seen, asked}); returns {status, answer}, status 0 when the server cannot be reached.
export async function send(address, token, entries, keepalive = false) {
  const body = { figures: {}, seen: {}, asked: {}, narratives: {}, seen_narratives: {} };
  for (const [key, { text, seen, asked }] of entries) {
    const [kind, code] = split(key);
    body[kind][code] = text;
    body[kind === "figures" ? "seen" : "seen_narratives"][code] = seen;
    if (asked) body.asked[code] = asked;
  }
  try {
    const response = await fetch(address, {
      method: "POST",
      body: JSON.stringify(body),
      keepalive,
      signal: AbortSignal.timeout(TIMEOUT),
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(token) },
    });
    const isJson = response.headers.get("Content-Type")?.includes("json");
    return { status: response.status, answer: isJson ? await response.json() : null };
  } catch {
    return { status: 0, answer: null };
  }
}

// What became of one entry: {stored, shown} | {conflict} | {refused: why}.
export function outcome(key, answer) {
  const [kind, code] = split(key);
  const [stored, conflicts] = kind === "figures"
    ? [answer.stored, answer.conflicts]
    : [answer.narratives, answer.narrative_conflicts];
  if (code in stored) return { stored: stored[code], shown: answer.shown[code] ?? stored[code] };
  return code in conflicts ? { conflict: conflicts[code] } : { refused: answer.refused[code] ?? "" };
}

const split = (key) => [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
