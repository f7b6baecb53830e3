import { backendContract } from '../../../support/backend-contract.ts';
import { computedBackend } from '../../../support/computed-backend.ts';
import { knownShop } from '../../../support/known-shop.ts';

const shop = knownShop();

// Children first, as exporters of several services send them.
backendContract('computed', async () => ({ backend: computedBackend(shop.spans.toReversed()), shop }));
