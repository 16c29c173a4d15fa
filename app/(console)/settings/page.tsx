import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { listSettings } from '@/domain/settings/queries';
import { SettingsView } from './settings-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('settings'))('title') };
}

export default async function SettingsPage() {
  const actor = await requireActor();
  return <SettingsView initial={await forPage(listSettings(actor, {}))} />;
}
