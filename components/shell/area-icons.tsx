import {
  IconArrowsRightLeft,
  IconBellExclamation,
  IconDatabase,
  IconDevices,
  IconGitBranch,
  IconHeartRateMonitor,
  IconHistory,
  IconKey,
  IconLayoutDashboard,
  IconListSearch,
  IconSettings,
  IconShield,
  IconShieldExclamation,
  IconUsers,
} from '@tabler/icons-react';
import type { AreaId } from './areas';

export const areaIcons: Record<AreaId | 'security' | 'database', typeof IconShield> = {
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
  health: IconHeartRateMonitor,
  queries: IconListSearch,
  settings: IconSettings,
};
