import { createHash, randomBytes } from 'node:crypto';

/** 32 random bytes as text: what a cookie or a link carries. Only its hash is ever stored. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** SHA-256 in hex, as kept in user_sessions.session_id and password_links.token_hash. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
