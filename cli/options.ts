/** A reason not to begin that the person at the keyboard can do something about. */
export class UsageError extends Error {}

/** What a column or a constant can be of a payment, next to its moment and `metadata.NAME`. */
export const paymentFields = [
  'transaction_id',
  'user_id',
  'merchant_id',
  'amount',
  'currency',
  'latitude',
  'longitude',
  'country',
  'device_id',
  'ip_address',
  'channel',
  'card_token',
  'merchant_category',
] as const;

const metadataField = /^metadata\.\w{1,60}$/;

/**
 * Reads FIELD=… values of an option.
 * @param others fields besides those of paymentFields; `refused` says of some why they are none
 * @throws UsageError
 */
export const fieldPairs = (
  option: string,
  values: readonly string[],
  others: { allowed?: readonly string[]; refused?: Record<string, string> } = {},
): Record<string, string> => {
  const fields = [...paymentFields, ...(others.allowed ?? [])];
  return Object.fromEntries(
    values.map((value) => {
      const at = value.indexOf('=');
      const field = value.slice(0, at);
      if (at < 1) throw new UsageError(`${option} takes FIELD=…, not ${value}.`);
      if (!fields.includes(field) && !metadataField.test(field))
        throw new UsageError(
          others.refused?.[field] ??
            `${field} is no field of a payment. Fields: ${fields.join(', ')}, metadata.NAME.`,
        );
      return [field, value.slice(at + 1)];
    }),
  );
};

/** Options with the values that follow each, up to the next option. */
export const readOptions = (args: readonly string[]): { loose: string[]; options: Map<string, string[]> } => {
  const options = new Map<string, string[]>();
  const loose: string[] = [];
  let open: string[] = loose;
  for (const arg of args) {
    if (arg.startsWith('--')) {
      const [name = '', inline] = arg.split(/=(.*)/s);
      open = options.get(name) ?? [];
      options.set(name, open);
      if (inline !== undefined) open.push(inline);
    } else {
      open.push(arg);
    }
  }
  return { loose, options };
};
