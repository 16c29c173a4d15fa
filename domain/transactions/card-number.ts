/** True for digits whose Luhn sum (ISO/IEC 7812-1) is right. */
const luhn = (digits: string): boolean => {
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at -= 1, double = !double) {
    const digit = digits.charCodeAt(at) - 48;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
};

const runs = /\d+(?:[\s\p{Pd}]+\d+)*/gu;
const invisible = /\p{Cf}/gu;

const groupsHoldCard = (groups: readonly string[]): boolean =>
  groups.some((group, from) => {
    if (!/^[2-6]/.test(group)) return false;
    let digits = '';
    for (let to = from; to < groups.length && digits.length <= 19; to += 1) {
      digits += groups[to];
      if (digits.length >= 13 && digits.length <= 19 && luhn(digits)) return true;
    }
    return false;
  });

/**
 * True when the text holds a card number: 13–19 digits that begin with 2–6 and pass the Luhn check, with spaces and
 * dashes ignored, also in the middle of other text or followed by an expiry date. Full-width digits count as digits,
 * and characters that cannot be seen do not part them.
 */
export const holdsCardNumber = (text: string): boolean => {
  if (text.length < 13) return false;
  const plain = text.normalize('NFKC').replace(invisible, '');
  for (const [run] of plain.matchAll(runs)) if (groupsHoldCard(run.split(/[\s\p{Pd}]+/u))) return true;
  return false;
};
