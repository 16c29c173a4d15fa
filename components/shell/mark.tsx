import { IconEye } from '@tabler/icons-react';

/** The eye of Vigil. */
export function Mark({ size = 20 }: { size?: number }) {
  return <IconEye size={size} stroke={2} color="var(--vg-link)" aria-hidden />;
}
