/** A value as the texts of its fields: `''` names the only field of a plain value. */
export function toText(value: unknown): Record<string, string> {
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, String(part)]));
  return { '': String(value ?? '') };
}

/**
 * The value that the fields say, in the form of `like`. What is no number stays text, so that the command refuses it
 * at its field.
 */
export function fromText(like: unknown, parts: Record<string, string>) {
  const read = (text: string): string | number => {
    const trimmed = text.trim().replace(',', '.').replaceAll('\u00a0', '');
    return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text.trim();
  };
  if (like && typeof like === 'object')
    return Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, read(text)]));
  return typeof like === 'number' ? read(parts[''] ?? '') : (parts[''] ?? '').trim();
}
