/** Unix seconds to and from the wall clock of the reader's zone, as `datetime-local` writes it. */

import { readerZone } from "./dates.js";

/** @param {number} seconds @returns {string} `YYYY-MM-DDTHH:MM` */
export function toLocal(seconds) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: readerZone(), year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(new Date(seconds * 1000));
  const part = (/** @type {string} */ type) => parts.find((candidate) => candidate.type === type)?.value ?? "00";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** The moment at which the reader's wall clock shows `local`; two rounds settle a change of daylight saving time. @param {string} local */
export function fromLocal(local) {
  const wanted = Date.parse(`${local}:00Z`) / 1000;
  let seconds = wanted;
  for (let round = 0; round < 2; round += 1) seconds += wanted - Date.parse(`${toLocal(seconds)}:00Z`) / 1000;
  return seconds;
}
