import type { ReactNode } from 'react';
import { requireActor } from '@/app/_server/actor';
import { areasOf } from '@/components/shell/areas';
import { Shell } from '@/components/shell/shell';
import { countWaiting } from '@/domain/overview/queries';

/** Every page behind sign-in: the shell with what this role may enter. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const actor = await requireActor();
  // Without counts the navigation still works; it asks for them again by itself.
  const counts = await countWaiting(actor, {}).catch(() => undefined);
  return (
    <Shell
      person={{ name: actor.name, email: actor.email, role: actor.role }}
      groups={areasOf(actor.role)}
      counts={counts}
      demo={process.env.VIGIL_DEMO === '1'}
    >
      {children}
    </Shell>
  );
}
