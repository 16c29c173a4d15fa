'use server';

import { action } from '@/app/_server/action';
import { reviewAudit } from '@/domain/audit-trail/commands';

export const reviewAuditAction = action(reviewAudit);
