import { may, type Permission, type Role } from '@/domain/access';

export type AreaId =
  | 'overview'
  | 'alerts'
  | 'transactions'
  | 'rules'
  | 'patterns'
  | 'models'
  | 'drift'
  | 'experiments'
  | 'abTests'
  | 'auditTrail'
  | 'securityEvents'
  | 'sessions'
  | 'people'
  | 'apiKeys'
  | 'health'
  | 'queries'
  | 'storage'
  | 'jobs'
  | 'activity'
  | 'pipeline'
  | 'replication'
  | 'pool'
  | 'reports'
  | 'settings';

type Area = { id: AreaId; href: string; can: Permission; keys: string };
/** `parent` names the heading that its areas stand under. */
export type AreaGroup = { parent?: 'security' | 'database'; areas: Area[] };

/** Every area that exists, in the order of the navigation; groups stand 12 px apart. */
export const areaGroups: AreaGroup[] = [
  {
    areas: [
      { id: 'overview', href: '/', can: 'overview:read', keys: 'g o' },
      { id: 'alerts', href: '/alerts', can: 'alert:read', keys: 'g a' },
      { id: 'transactions', href: '/transactions', can: 'transaction:read', keys: 'g t' },
    ],
  },
  {
    areas: [
      { id: 'rules', href: '/rules', can: 'rule:read', keys: 'g r' },
      { id: 'patterns', href: '/patterns', can: 'rule:read', keys: 'g w' },
      { id: 'models', href: '/models', can: 'model:read', keys: 'g m' },
      { id: 'drift', href: '/models/drift', can: 'model:read', keys: 'g h' },
      { id: 'experiments', href: '/models/experiments', can: 'model:read', keys: 'g x' },
      { id: 'abTests', href: '/ab-tests', can: 'model:read', keys: 'g v' },
    ],
  },
  {
    parent: 'security',
    areas: [
      { id: 'auditTrail', href: '/security/audit-trail', can: 'audit:read', keys: 'g u' },
      { id: 'securityEvents', href: '/security/events', can: 'security-event:read', keys: 'g e' },
      { id: 'sessions', href: '/security/sessions', can: 'session:read', keys: 'g s' },
      { id: 'people', href: '/security/people', can: 'person:read', keys: 'g p' },
      { id: 'apiKeys', href: '/security/api-keys', can: 'api-key:read', keys: 'g k' },
    ],
  },
  {
    parent: 'database',
    areas: [
      { id: 'health', href: '/database', can: 'database:read', keys: 'g d' },
      { id: 'queries', href: '/database/queries', can: 'database:read', keys: 'g q' },
      { id: 'storage', href: '/database/storage', can: 'database:read', keys: 'g f' },
      { id: 'jobs', href: '/database/jobs', can: 'database:read', keys: 'g j' },
      { id: 'activity', href: '/database/activity', can: 'database:read', keys: 'g y' },
      { id: 'replication', href: '/database/replication', can: 'database:read', keys: 'g n' },
      { id: 'pool', href: '/database/pool', can: 'database:read', keys: 'g b' },
    ],
  },
  {
    areas: [{ id: 'pipeline', href: '/pipeline', can: 'stream:read', keys: 'g l' }],
  },
  {
    areas: [{ id: 'reports', href: '/reports', can: 'report:read', keys: 'g i' }],
  },
  {
    areas: [{ id: 'settings', href: '/settings', can: 'setting:read', keys: 'g ,' }],
  },
];

/** The areas a role may enter; the pages ask again. */
export function areasOf(role: Role): AreaGroup[] {
  return areaGroups
    .map((group) => ({ ...group, areas: group.areas.filter((area) => may(role, area.can)) }))
    .filter((group) => group.areas.length > 0);
}

/** Whether a path is inside an area. */
export function isInside(path: string, href: string): boolean {
  // Health and models are the first pages of their areas and not the parents of the others.
  if (['/', '/database', '/models'].includes(href)) return path === href;
  return path === href || path.startsWith(`${href}/`);
}
