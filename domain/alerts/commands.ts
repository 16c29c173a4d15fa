export { assignAlert, claimAlert, claimNextAlert, releaseAlert } from './claims';
export { type BulkResult, bulkDecide, decideAlert, escalateAlert, undoAlert } from './verdicts';
