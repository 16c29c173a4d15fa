/** What can be listed of the queue: given up, discarded, or waiting to be tried again. */
export const listedStatuses = ['DEAD', 'DISCARDED', 'FAILED'] as const;
export type ListedStatus = (typeof listedStatuses)[number];
