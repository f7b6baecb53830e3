// The global `crypto`: https://grafana.com/docs/k6/latest/javascript-api/crypto/
import { callHost, refuse } from './bridge.ts';
import { fromBase64 } from './bytes.ts';
import { GoError } from './go-error.ts';

const integerArrays = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
] as const;

type IntegerArray = InstanceType<(typeof integerArrays)[number]>;

const mostValues = 65_536;

/** Fills it in place, every element with one random byte, as k6 does for wider elements too. */
function getRandomValues(typedArray?: unknown): IntegerArray {
  const array = integerArrays.find((kind) => typedArray instanceof kind) && (typedArray as IntegerArray);
  if (!array) throw new GoError("TypeMismatchError: typedArray parameter isn't a TypedArray instance");
  if (array.length > mostValues)
    throw new GoError(`QuotaExceededError: typedArray parameter is too big; maximum length is ${mostValues}`);
  if (array.length > 0) array.set(fromBase64(callHost('crypto.random', array.length) as string));
  return array;
}

const randomUUID = (): string => callHost('crypto.uuid') as string;

const subtleMembers = [
  'decrypt',
  'deriveBits',
  'deriveKey',
  'digest',
  'encrypt',
  'exportKey',
  'generateKey',
  'importKey',
  'sign',
  'unwrapKey',
  'verify',
  'wrapKey',
];

const subtle = readOnly(
  Object.fromEntries(subtleMembers.map((name) => [name, () => refuse(`crypto.subtle.${name}()`)])),
);

function readOnly(members: Readonly<Record<string, unknown>>): object {
  const object = {};
  for (const [name, value] of Object.entries(members)) Object.defineProperty(object, name, { value, enumerable: true });
  return object;
}

/** Random numbers and identifiers; what is under `subtle` is refused. */
export const crypto = readOnly({ getRandomValues, randomUUID, subtle, CryptoKey: {} });
