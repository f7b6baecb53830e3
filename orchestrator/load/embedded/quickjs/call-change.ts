import type { CallChange } from '../k6/boot.ts';
import type { FunctionCall } from '../protocol.ts';

/** What the guest does not know yet of a call, as JSON; mostly nothing. The data of `setup` goes in once, for it is one object during a test. */
export function changeFor(call: FunctionCall, last: FunctionCall | undefined): string | undefined {
  if (last && isSame(call, last)) return undefined;
  const { exec, vu, scenario, data } = call;
  const isNew = data !== undefined && data !== last?.data;
  return JSON.stringify({
    exec,
    vu,
    ...(scenario && { scenario }),
    ...(isNew && { data }),
  } satisfies CallChange);
}

function isSame(call: FunctionCall, last: FunctionCall): boolean {
  return (
    last.exec === call.exec &&
    last.vu.idInTest === call.vu.idInTest &&
    last.data === call.data &&
    last.scenario?.name === call.scenario?.name &&
    last.scenario?.startTime === call.scenario?.startTime
  );
}
