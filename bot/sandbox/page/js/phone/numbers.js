/** Numbers as people write them, and what they typed as E.164. */

/** @param {string | null | undefined} e164 */
export function pretty(e164) {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164 ?? "");
  return match ? `(${match[1]}) ${match[2]}-${match[3]}` : e164 ?? "";
}

/** @param {string} typed @returns {string | null} */
export function e164(typed) {
  const digits = typed.replace(/\D/g, "");
  if (typed.trim().startsWith("+") && digits.length >= 8 && digits.length <= 15) return `+${digits}`;
  if (digits.length === 10) return `+1${digits}`;
  return digits.length === 11 && digits.startsWith("1") ? `+${digits}` : null;
}
