// Decimals as the server computes with them: exact, to 28 digits, what lies beyond rounded half to even.
const DIGITS = 28;
const ten = (power) => 10n ** BigInt(power);
const size = (number) => (number < 0n ? -number : number);

// {number, places}: number × 10^-places. Places may be less than none: after the number stand zeros then.
const decimal = (number, places) => fit({ number, places });
export const ZERO = { number: 0n, places: 0 };

export function read(text) {
  const [whole, fraction = ""] = text.split(".");
  return decimal(BigInt(whole + fraction), fraction.length);
}

function divided(number, by, even) {
  const middle = size(by);
  const whole = size(number) / middle;
  const rest = (size(number) % middle) * 2n;
  const up = rest > middle || (rest === middle && (!even || whole % 2n === 1n));
  const found = whole + (up ? 1n : 0n);
  return (number < 0n) === (by < 0n) ? found : -found;
}

function fit(value) {
  const over = size(value.number).toString().length - DIGITS;
  return over <= 0 ? value : fit({ number: divided(value.number, ten(over), true), places: value.places - over });
}

const at = (value, places) => value.number * ten(places - value.places);
const widest = (a, b) => Math.max(a.places, b.places);

export const negative = (a) => decimal(-a.number, a.places);
export const plus = (a, b) => decimal(at(a, widest(a, b)) + at(b, widest(a, b)), widest(a, b));
export const minus = (a, b) => plus(a, { number: -b.number, places: b.places });
export const times = (a, b) => decimal(a.number * b.number, a.places + b.places);
export const isLess = (a, b) => at(a, widest(a, b)) < at(b, widest(a, b));
export const isZero = (a) => a.number === 0n;

export function over(a, b) {
  const more = Math.max(0, DIGITS + 2 + size(b.number).toString().length - size(a.number).toString().length);
  const whole = (a.number * ten(more)) / b.number;
  const isExact = (a.number * ten(more)) % b.number === 0n;
  // A last digit says on which side of a half the rest lies.
  const sign = (a.number < 0n) === (b.number < 0n) ? 1n : -1n;
  return decimal(whole * 10n + (isExact ? 0n : sign), a.places - b.places + more + 1);
}

// As printed, with so many decimals: `1548`, `0.4838`; never `-0`.
export function printed(value, places, even) {
  const number = value.places <= places ? at(value, places) : divided(value.number, ten(value.places - places), even);
  const digits = size(number).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  return (number < 0n ? "-" : "") + whole + (places ? `.${digits.slice(-places)}` : "");
}
