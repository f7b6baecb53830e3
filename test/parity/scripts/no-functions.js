// A script that exports no function cannot be played.
// docs: using-k6/test-lifecycle
// promises: exit 255, console 0
// tells: function

export const options = { iterations: 1 };

console.debug('no functions');
