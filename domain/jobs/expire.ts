import type { TransactionSql } from 'postgres';
import { settings } from '@/domain/settings/catalogue';

/**
 * Ends sessions that have passed their idle or absolute limit and drops sign-in counters that guard nothing any more.
 * A session past its limit is refused on its next request anyway; this makes the list of sessions say so too.
 * @returns sessions ended and counters dropped
 */
export const expireStale = async (
  tx: TransactionSql,
  now: Date,
): Promise<{ sessions: number; counters: number }> => {
  const at = now.toISOString();
  const sessions = await tx`
    update user_sessions set is_active = false, ended_at = ${at}, ended_by = 'vigil',
      end_reason = case when expires_at <= ${at} then 'absolute' else 'idle' end
    where is_active and (expires_at <= ${at} or last_activity <= ${at}::timestamptz - make_interval(mins => coalesce(
      (select (config_value #>> '{}')::integer from system_config where config_key = 'session.idle_minutes'),
      ${settings['session.idle_minutes'].initial})))`;
  const counters = await tx`
    delete from login_guard where window_start < ${at}::timestamptz - interval '1 day'
      and (locked_until is null or locked_until < ${at})`;
  return { sessions: sessions.count, counters: counters.count };
};
