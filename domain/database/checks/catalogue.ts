import { bloatChecks } from './bloat';
import { counterChecks } from './counters';
import type { CheckGroup } from './group';
import { horizonChecks } from './horizon';
import { indexChecks } from './indexes';
import { integrityChecks } from './integrity';
import { jobChecks } from './jobs';
import { lockChecks } from './locks';
import { modelChecks } from './models';
import { defaultPartitionChecks, partitionChecks } from './partitions';
import { poolChecks } from './pool';
import { replicationChecks } from './replication';
import { settingChecks } from './server-settings';
import { sessionChecks } from './sessions';
import { streamChecks } from './stream';
import { vacuumChecks } from './vacuum';
import { wraparoundChecks } from './wraparound';

/** Every group of checks, in the order in which a pass reads them: what passes soonest first. */
export const groups: readonly CheckGroup[] = [
  sessionChecks,
  lockChecks,
  horizonChecks,
  counterChecks,
  vacuumChecks,
  wraparoundChecks,
  bloatChecks,
  indexChecks,
  integrityChecks,
  partitionChecks,
  defaultPartitionChecks,
  jobChecks,
  streamChecks,
  modelChecks,
  replicationChecks,
  poolChecks,
  settingChecks,
];
