import { readFileSync } from 'node:fs';
import { type APIRequestContext, expect, expectAccessible, pay, test } from './fixtures';
