import messages from '@/messages/en.json';
import { type Reason, ruleWords } from './words';

const byCurrency = new Map<string, ReturnType<typeof ruleWords>>();

/** English words for rules; `currency` is the base currency. */
export function englishWords(currency = 'EUR'): ReturnType<typeof ruleWords> {
  const known = byCurrency.get(currency);
  if (known) return known;
  const made = ruleWords({ locale: 'en', messages, currency });
  byCurrency.set(currency, made);
  return made;
}

/** A stored reason as an English sentence, as the API answers it. */
export const reasonSentence = (reason: Reason, currency = 'EUR'): string =>
  englishWords(currency).reason(reason);
