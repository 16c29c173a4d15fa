import {
  IconArrowsRightLeft,
  IconBellExclamation,
  IconDatabase,
  IconDevices,
  IconGitBranch,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconSettings,
  IconShield,
  IconShieldExclamation,
  IconUsers,
} from '@tabler/icons-react';
import type { AreaId } from './areas';

export const areaIcons: Record<AreaId | 'security', typeof IconShield> = {
  overview: IconLayoutDashboard,
  alerts: IconBellExclamation,
  transactions: IconArrowsRightLeft,
  rules: IconGitBranch,
  security: IconShield,
  auditTrail: IconHistory,
  securityEvents: IconShieldExclamation,
  sessions: IconDevices,
  people: IconUsers,
  apiKeys: IconKey,
  database: IconDatabase,
  settings: IconSettings,
};
