import { getRequestConfig } from 'next-intl/server';
import messages from '@/messages/en.json';

/** The console speaks English; the locale does not appear in the address. */
export default getRequestConfig(async () => ({ locale: 'en', timeZone: 'UTC', messages }));
