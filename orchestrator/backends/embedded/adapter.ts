import { z } from 'zod';
import { adapter } from '../adapter.ts';
import { capabilities, embeddedBackend } from './backend.ts';

export const embedded = adapter({
  settings: z.strictObject({}),
  how: capabilities,
  remarks: {},
  destination: () => undefined,
  open: (_settings, { name, store }) => ({ ...embeddedBackend(store), name }),
});
