// JSON as lines to read: a line for each field, and what is short on the line of its field. Pure.

const WIDTH = 68;
const LONG = 44;

/** The lines of a value; texts that are very long are cut. */
export function lines(value: unknown, indent = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${short(value)}`];
  const inner = `${indent}  `;
  return Object.entries(value).flatMap(([name, v]) => {
    const label = Array.isArray(value) ? '–' : `${name}:`;
    const flat = inline(v);
    return flat.length + label.length + indent.length <= WIDTH ? [`${indent}${label} ${flat}`] : [`${indent}${label}`, ...lines(v, inner)];
  });
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return value.map(inline).join(', ');
  if (typeof value !== 'object' || value === null) return short(value);
  return Object.entries(value)
    .map(([name, v]) => `${name} ${inline(v)}`)
    .join(', ');
}

const short = (value: unknown): string => {
  const text = String(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
};
