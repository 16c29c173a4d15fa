import { writeFileSync } from 'node:fs';
import { featuresDocument } from '@/domain/transactions/features-document';

writeFileSync('docs/features.md', featuresDocument());
