// Without a default function a test without scenarios is an invalid configuration: exit code 104.
// docs: using-k6/test-lifecycle
// promises: exit 104, console 0
// tells: default

export const options = { iterations: 1 };

export function visit() {
  console.log('never said');
}
