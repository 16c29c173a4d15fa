import { customType, timestamp, varchar } from 'drizzle-orm/pg-core';

/** Keys that come from outside (payments, customers, merchants): text, at most 100 characters. */
export const key = (name: string) => varchar(name, { length: 100 });

/** A moment, kept with its offset; read as a JavaScript Date. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** IP address as text in the program, `inet` in the database. */
export const ipAddress = customType<{ data: string; driverData: string }>({ dataType: () => 'inet' });
