import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { Details } from '@/components/details';
import { PageHeader } from '@/components/page-header';
import { Panel } from '@/components/panel';
import { listOwnSessions } from '@/domain/sessions/queries';
import styles from './account.module.css';
import { OwnSessions } from './own-sessions';
import { PasswordForm } from './password-form';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('account'))('title') };
}

export default async function AccountPage() {
  const actor = await requireActor();
  const t = await getTranslations();
  const sessions = await listOwnSessions(actor, {}).catch(() => undefined);
  return (
    <div className={styles.page}>
      <PageHeader title={t('account.title')} />
      <div className={styles.columns}>
        <Panel title={t('account.person')}>
          <Details
            items={[
              [t('account.name'), actor.name],
              [t('account.email'), actor.email],
              [t('account.role'), t(`roles.${actor.role}`)],
            ]}
          />
        </Panel>
        <Panel title={t('account.password')} question={t('account.passwordQuestion')}>
          <PasswordForm email={actor.email} />
        </Panel>
      </div>
      <OwnSessions initial={sessions} />
    </div>
  );
}
