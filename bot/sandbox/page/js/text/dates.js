/** Times in the reader's own zone, as Slack's `<!date^…>` asks for them. */

/** IANA name of the zone in which the current person reads; undefined means the browser's. @type {string | undefined} */
let zone;

/** @param {string | undefined} name */
export function setZone(name) {
  zone = name || undefined;
}

/** The language in which the current person reads, as the browser knows it: Slack's `es-LA` is `es-419` there. */
let locale = "en-US";

/** @param {string | undefined} name */
export function setLocale(name) {
  locale = name === "es-LA" ? "es-419" : name || "en-US";
}

/** How far the demo's clock is ahead of the browser's, in ms: at the phone panel time can be let pass. */
let ahead = 0;

/** @param {number} ms what the demo's clock says now, Unix time in ms */
export function setNow(ms) {
  ahead = ms - Date.now();
}

/** The demo's time, Unix time in ms. */
export const now = () => Date.now() + ahead;

/** @param {Intl.DateTimeFormatOptions} options */
const format = (options) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });

/** @param {Date} date */
export const clock = (date) => format({ hour: "numeric", minute: "2-digit" }).format(date);

/** @param {Date} date */
const isoDay = (date) => new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(date);

/** Whole days from today to `date` in the reader's zone. @param {Date} date */
function daysAway(date) {
  return Math.round((Date.parse(isoDay(date)) - Date.parse(isoDay(new Date(now())))) / 86_400_000);
}

/** @param {number} day */
function ordinal(day) {
  if (day % 100 >= 11 && day % 100 <= 13) return `${day}th`;
  return `${day}${{ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th"}`;
}

/** @param {Date} date @param {Intl.DateTimeFormatOptions} options */
function withOrdinal(date, options) {
  if (!locale.startsWith("en")) return format(options).format(date);
  return format(options).formatToParts(date).map((part) => (part.type === "day" ? ordinal(Number(part.value)) : part.value)).join("");
}

/** @param {Date} date @param {string} otherwise */
function pretty(date, otherwise) {
  const days = daysAway(date);
  return Math.abs(days) > 1 ? otherwise : new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
}

/** @param {Date} date */
export function ago(date) {
  const seconds = Math.round((date.getTime() - now()) / 1000);
  if (seconds <= 0 && seconds > -60 && locale.startsWith("en")) return "just now";
  const steps = /** @type {const} */ ([["day", 86_400], ["hour", 3600], ["minute", 60]]);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, size] of steps) if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  return relative.format(seconds, "second");
}

/** @type {Record<string, (date: Date) => string>} */
const TOKENS = {
  date_num: isoDay,
  date_slash: (date) => format({ day: "2-digit", month: "2-digit", year: "numeric" }).format(date),
  date_long: (date) => withOrdinal(date, { weekday: "long", month: "long", day: "numeric", year: "numeric" }),
  date_long_full: (date) => format({ month: "long", day: "numeric", year: "numeric" }).format(date),
  date_long_pretty: (date) => pretty(date, TOKENS.date_long(date)),
  date: (date) => withOrdinal(date, { month: "long", day: "numeric" }),
  date_pretty: (date) => pretty(date, TOKENS.date(date)),
  date_short: (date) => format({ month: "short", day: "numeric", year: "numeric" }).format(date),
  date_short_pretty: (date) => pretty(date, TOKENS.date_short(date)),
  day_divider_pretty: (date) => pretty(date, withOrdinal(date, { weekday: "long", month: "long", day: "numeric" })),
  time: clock,
  time_secs: (date) => format({ hour: "numeric", minute: "2-digit", second: "2-digit" }).format(date),
  ago,
};

/** @param {number} seconds Unix time @param {string} template text with `{tokens}` */
export function renderDate(seconds, template) {
  const date = new Date(seconds * 1000);
  return template.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(date) ?? whole);
}

/** @param {number} seconds */
export const fullDate = (seconds) => renderDate(seconds, "{date_long} at {time_secs}");

/** The line between two days of messages. @param {number} seconds */
export const dayLine = (seconds) => capital(renderDate(seconds, "{day_divider_pretty}"));

/** "today" at the beginning of a sentence. @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {string} ts a message's `ts` */
export const tsSeconds = (ts) => Number.parseFloat(ts);

/** IANA name of the zone that times are shown in, or undefined for the browser's. */
export const readerZone = () => zone;
