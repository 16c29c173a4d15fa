import { z } from 'zod';
import { moment, outsideId } from '@/domain/transactions/input';

/** What is known of a payment by now. A chargeback is fraud that the card's holder reported. */
export const labels = ['fraud', 'legitimate', 'chargeback'] as const;
export type Label = (typeof labels)[number];

/** Labels of one command; a call to the API may have many of them. */
export const mostLabels = 200;

/** One label as the API takes it. */
export const labelInput = z.strictObject({
  transaction_id: outsideId.describe('Your id of the payment.'),
  label: z
    .enum(labels)
    .describe('`fraud` and `chargeback` say that it was fraud, `legitimate` that it was not.'),
  transaction_timestamp: moment
    .optional()
    .describe('When it was paid, as it was sent: spares looking through every month.'),
});
export type LabelInput = z.output<typeof labelInput>;

export const setLabelsInput = z.strictObject({ labels: z.array(labelInput).min(1).max(mostLabels) });
