import { bandwidth } from './bandwidth.ts';
import { latency } from './latency.ts';
import { limitData } from './limit-data.ts';
import { resetPeer } from './reset-peer.ts';
import { slowClose } from './slow-close.ts';
import { timeout } from './timeout.ts';
import type { Toxic } from './toxic.ts';

/** Every toxic under the name it has in the API. */
export const toxics: Readonly<Record<string, Toxic>> = {
  latency,
  bandwidth,
  slow_close: slowClose,
  timeout,
  reset_peer: resetPeer,
  limit_data: limitData,
};
