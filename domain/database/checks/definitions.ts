import { connectionsChecks } from './limits/connections';
import { jobsChecks } from './limits/jobs';
import { modelsChecks } from './limits/models';
import { partitionsChecks } from './limits/partitions';
import { pipelineChecks } from './limits/pipeline';
import { poolChecks } from './limits/pool';
import { replicationChecks } from './limits/replication';
import { settingsChecks } from './limits/settings';
import { storageChecks } from './limits/storage';
import { vacuumChecks } from './limits/vacuum';
import { workChecks } from './limits/work';

/**
 * Every check of the database with its stated limits, in the order of the page; pure, so that page and docs read the
 * same list. A check's name is also the code of its sentences (`database.checks.<name>`: name, means, cause, fix).
 */
export const definitions = [
  ...connectionsChecks,
  ...vacuumChecks,
  ...workChecks,
  ...storageChecks,
  ...partitionsChecks,
  ...jobsChecks,
  ...pipelineChecks,
  ...modelsChecks,
  ...replicationChecks,
  ...poolChecks,
  ...settingsChecks,
] as const;

export type Defined = (typeof definitions)[number];
export type CheckName = Defined['name'];
export type CheckArea = Defined['area'];
