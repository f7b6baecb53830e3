import { expect, test } from 'vitest';
import { refusal } from '../../../../orchestrator/runtime/containers/refusals.ts';

const answered = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode });

test.each([
  [409, 'Conflict. The container name "/showrunner-1-back" is already in use by container "4f"'],
  [409, 'network with name showrunner-1 already exists'],
  [500, 'network with name showrunner-1 already exists'],
])('with status %d, a name that is taken is a conflict: %s', (status, message) => {
  const error = answered(status, message);
  expect(refusal(error, 'the network')).toMatchObject({ code: 'name-conflict', exitCode: 3, cause: error });
});

test.each([
  [409, 'Container 4f is not running'],
  [409, 'removal of container 4f is already in progress'],
  [500, 'what is this?'],
])('with status %d, other refusals stay as they are: %s', (status, message) => {
  const error = answered(status, message);
  expect(refusal(error, 'the network')).toBe(error);
});

test('an image that the engine lacks is told how to get it', () => {
  expect(refusal(answered(404, 'No such image: showrunner/shop:1'), 'back')).toMatchObject({ code: 'image-missing' });
});
